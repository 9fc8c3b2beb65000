//! `#[derive(Inspect)]`: a bounded copy of a type's fields.
//!
//! Works on raw tokens. Of the type's definition it needs only where things begin and end; types,
//! bounds and names are passed on as they were written, with their spans.

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::secret::is_secret;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    match Item::parse(input) {
        Ok(item) => item.emit(),
        Err(error) => error.emit(),
    }
}

struct Error {
    span: Span,
    message: String,
}

type Result<T> = std::result::Result<T, Error>;

fn error<T>(span: Span, message: impl Into<String>) -> Result<T> {
    Err(Error {
        span,
        message: message.into(),
    })
}

impl Error {
    fn emit(self) -> TokenStream {
        let mut message = Literal::string(&self.message);
        message.set_span(self.span);
        let mut arguments = Group::new(Delimiter::Brace, TokenTree::from(message).into());
        arguments.set_span(self.span);
        let mut bang = Punct::new('!', Spacing::Alone);
        bang.set_span(self.span);
        let name = Ident::new("compile_error", self.span);
        [TokenTree::from(name), bang.into(), arguments.into()]
            .into_iter()
            .collect()
    }
}

/// The definition of the type.
struct Item {
    name: Ident,
    generics: Vec<Param>,
    /// The predicates of the `where` clause.
    predicates: Vec<TokenTree>,
    body: Body,
    /// Fields can't be borrowed where they lie.
    packed: bool,
    /// The path of the stacklens crate.
    krate: Option<Vec<TokenTree>>,
}

enum Body {
    Struct(Fields),
    Enum(Vec<(Ident, Fields)>),
}

struct Fields {
    named: bool,
    list: Vec<Field>,
}

struct Field {
    /// The place is that of the type if there is no name.
    span: Span,
    name: Option<Ident>,
    kind: Vec<TokenTree>,
    how: How,
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    Shown,
    Opaque,
    Redacted,
    Skipped,
}

enum Param {
    Lifetime {
        name: Vec<TokenTree>,
        bounds: Vec<TokenTree>,
    },
    Type {
        name: Ident,
        bounds: Vec<TokenTree>,
    },
    Const {
        name: Ident,
        declaration: Vec<TokenTree>,
    },
}

/// A position in a list of tokens.
struct Cursor {
    tokens: Vec<TokenTree>,
    at: usize,
}

impl Cursor {
    fn new(tokens: TokenStream) -> Cursor {
        Cursor {
            tokens: tokens.into_iter().collect(),
            at: 0,
        }
    }

    fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    fn punct(&mut self, c: char) -> bool {
        let found = self.peek().is_some_and(|token| is_punct(token, c));
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| is_word(token, word));
        self.at += usize::from(found);
        found
    }

    fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    fn ident(&mut self, what: &str) -> Result<Ident> {
        match self.next() {
            Some(TokenTree::Ident(ident)) => Ok(ident),
            // A name that came through a `macro_rules!` variable.
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                Cursor::new(group.stream()).ident(what)
            }
            Some(token) => error(token.span(), format!("derive(Inspect): expected {what}")),
            None => error(
                Span::call_site(),
                format!("derive(Inspect): expected {what}"),
            ),
        }
    }

    /// The contents of the attributes that begin here.
    fn attributes(&mut self) -> Vec<Group> {
        let mut list = Vec::new();
        while self.peek().is_some_and(|token| is_punct(token, '#')) {
            self.at += 1;
            if let Some(attribute) = self.group(Delimiter::Bracket) {
                list.push(attribute);
            }
        }
        list
    }

    fn visibility(&mut self) {
        let starts = |token: Option<&TokenTree>,
                      delimiter,
                      with: &dyn Fn(Option<TokenTree>) -> bool| match token {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                with(group.stream().into_iter().next())
            }
            _ => false,
        };
        // `$vis` arrives as an invisible group, also when it is empty.
        let is_pub = |first: Option<TokenTree>| first.is_none_or(|token| is_word(&token, "pub"));
        // `pub (A, B)` in a tuple struct is a visibility and a tuple.
        let is_place = |first: Option<TokenTree>| {
            first.is_some_and(|token| {
                ["crate", "self", "super", "in"]
                    .iter()
                    .any(|word| is_word(&token, word))
            })
        };
        let whole = starts(self.peek(), Delimiter::None, &is_pub);
        if whole || self.word("pub") && starts(self.peek(), Delimiter::Parenthesis, &is_place) {
            self.at += 1;
        }
    }

    /// Tokens up to one of the `ends` outside angle brackets, which is not taken.
    fn until(&mut self, ends: &[char]) -> Vec<TokenTree> {
        let start = self.at;
        let mut depth = 0usize;
        let mut arrow = false;
        while let Some(token) = self.peek() {
            let mut joint = false;
            if let TokenTree::Punct(punct) = token {
                let c = punct.as_char();
                // The comparison comes first: the `>` that ends the generics is itself one of
                // `ends`.
                if depth == 0 && ends.contains(&c) && !(arrow && c == '>') {
                    break;
                }
                match c {
                    '<' => depth += 1,
                    '>' if !arrow => depth = depth.saturating_sub(1),
                    '-' | '=' => joint = punct.spacing() == Spacing::Joint,
                    _ => {}
                }
            }
            arrow = joint;
            self.at += 1;
        }
        self.tokens[start..self.at].to_vec()
    }

    fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}

/// The name as people say it: `type` for `r#type`.
fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

impl Item {
    fn parse(input: TokenStream) -> Result<Item> {
        let mut cursor = Cursor::new(input);
        let mut packed = false;
        let mut krate = None;
        for attribute in cursor.attributes() {
            let mut attribute = Cursor::new(attribute.stream());
            if attribute.word("repr") {
                let list = attribute
                    .group(Delimiter::Parenthesis)
                    .map(|group| group.stream());
                packed |= list
                    .into_iter()
                    .flatten()
                    .any(|token| is_word(&token, "packed"));
            } else if attribute.word("inspect") {
                krate = Some(crate_path(&mut attribute)?);
            }
        }
        cursor.visibility();
        let is_struct = match cursor.ident("a struct or enum")? {
            word if word.to_string() == "struct" => true,
            word if word.to_string() == "enum" => false,
            word => {
                let message =
                    "Inspect can't be derived for a union: which field is valid is not known";
                return error(word.span(), message);
            }
        };
        let name = cursor.ident("the type's name")?;
        let generics = generics(&mut cursor)?;
        let mut predicates = where_clause(&mut cursor);
        let body = if let Some(group) = cursor.group(Delimiter::Brace) {
            let mut inside = Cursor::new(group.stream());
            if is_struct {
                Body::Struct(Fields::parse(&mut inside, true)?)
            } else {
                Body::Enum(variants(&mut inside)?)
            }
        } else if let Some(group) = cursor.group(Delimiter::Parenthesis) {
            let fields = Fields::parse(&mut Cursor::new(group.stream()), false)?;
            predicates = where_clause(&mut cursor);
            Body::Struct(fields)
        } else {
            Body::Struct(Fields {
                named: false,
                list: Vec::new(),
            })
        };
        Ok(Item {
            name,
            generics,
            predicates,
            body,
            packed,
            krate,
        })
    }
}

/// `(crate = path)`
fn crate_path(attribute: &mut Cursor) -> Result<Vec<TokenTree>> {
    let Some(group) = attribute.group(Delimiter::Parenthesis) else {
        let span = attribute
            .tokens
            .first()
            .map_or_else(Span::call_site, TokenTree::span);
        return error(span, "expected `#[inspect(crate = path)]`");
    };
    let mut options = Cursor::new(group.stream());
    let first = options.peek().map_or_else(|| group.span(), TokenTree::span);
    if !(options.word("crate") && options.punct('=')) {
        let message =
            "the only option of a type is `crate = path`; `skip`, `redact`, `show` and `opaque` \
                       are for fields";
        return error(first, message);
    }
    let path = options.until(&[',']);
    if path.is_empty() {
        return error(group.span(), "expected a path after `crate =`");
    }
    options.punct(',');
    match options.next() {
        Some(token) => error(token.span(), "unexpected after the path of the crate"),
        None => Ok(path),
    }
}

fn generics(cursor: &mut Cursor) -> Result<Vec<Param>> {
    let mut list = Vec::new();
    if !cursor.punct('<') {
        return Ok(list);
    }
    while !cursor.punct('>') {
        if cursor.done() {
            return error(
                Span::call_site(),
                "derive(Inspect): the generics have no end",
            );
        }
        cursor.attributes();
        if cursor.peek().is_some_and(|token| is_punct(token, '\'')) {
            let name = cursor.tokens[cursor.at..].iter().take(2).cloned().collect();
            cursor.at += 2;
            let bounds = if cursor.punct(':') {
                cursor.until(&[',', '>'])
            } else {
                Vec::new()
            };
            list.push(Param::Lifetime { name, bounds });
        } else if cursor.word("const") {
            let start = cursor.at;
            let name = cursor.ident("the name of a const parameter")?;
            cursor.until(&[',', '>', '=']);
            let declaration = cursor.tokens[start..cursor.at].to_vec();
            list.push(Param::Const { name, declaration });
        } else {
            let name = cursor.ident("the name of a type parameter")?;
            let bounds = if cursor.punct(':') {
                cursor.until(&[',', '>', '='])
            } else {
                Vec::new()
            };
            list.push(Param::Type { name, bounds });
        }
        if cursor.punct('=') {
            cursor.until(&[',', '>']);
        }
        cursor.punct(',');
    }
    Ok(list)
}

fn where_clause(cursor: &mut Cursor) -> Vec<TokenTree> {
    if !cursor.word("where") {
        return Vec::new();
    }
    let start = cursor.at;
    // Braces can stand in a predicate (`[u8; { N }]:`), but not before the body at top level.
    while let Some(token) = cursor.peek() {
        let body =
            matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if body || is_punct(token, ';') {
            break;
        }
        cursor.at += 1;
    }
    cursor.tokens[start..cursor.at].to_vec()
}

fn variants(cursor: &mut Cursor) -> Result<Vec<(Ident, Fields)>> {
    let mut list = Vec::new();
    while !cursor.done() {
        for attribute in cursor.attributes() {
            let mut attribute = Cursor::new(attribute.stream());
            if let Some(token) = attribute.peek().filter(|token| is_word(token, "inspect")) {
                return error(
                    token.span(),
                    "`inspect` options are for fields, not for variants",
                );
            }
            attribute.at += 1;
        }
        cursor.visibility();
        let name = cursor.ident("the name of a variant")?;
        let fields = if let Some(group) = cursor.group(Delimiter::Brace) {
            Fields::parse(&mut Cursor::new(group.stream()), true)?
        } else if let Some(group) = cursor.group(Delimiter::Parenthesis) {
            Fields::parse(&mut Cursor::new(group.stream()), false)?
        } else {
            Fields {
                named: false,
                list: Vec::new(),
            }
        };
        if cursor.punct('=') {
            // A discriminant: an expression, in which `<` is a comparison.
            while cursor.peek().is_some_and(|token| !is_punct(token, ',')) {
                cursor.at += 1;
            }
        }
        cursor.punct(',');
        list.push((name, fields));
    }
    Ok(list)
}

impl Fields {
    fn parse(cursor: &mut Cursor, named: bool) -> Result<Fields> {
        let mut list = Vec::new();
        while !cursor.done() {
            let mut how = None;
            for attribute in cursor.attributes() {
                let mut attribute = Cursor::new(attribute.stream());
                if attribute.word("inspect") {
                    how = Some(field_option(&mut attribute, how)?);
                }
            }
            cursor.visibility();
            let name = if named {
                Some(cursor.ident("the name of a field")?)
            } else {
                None
            };
            if named && !cursor.punct(':') {
                let span = cursor.peek().map_or_else(Span::call_site, TokenTree::span);
                return error(span, "derive(Inspect): expected `:` and a type");
            }
            let kind = cursor.until(&[',', '=']);
            if cursor.punct('=') {
                cursor.until(&[',']);
            }
            cursor.punct(',');
            let secret = name.as_ref().is_some_and(|name| is_secret(&plain(name)));
            let how = how.unwrap_or(if secret { How::Redacted } else { How::Shown });
            let span = match (&name, kind.first()) {
                (Some(name), _) => name.span(),
                (None, Some(token)) => token.span(),
                (None, None) => Span::call_site(),
            };
            list.push(Field {
                span,
                name,
                kind,
                how,
            });
        }
        Ok(Fields { named, list })
    }
}

fn field_option(attribute: &mut Cursor, before: Option<How>) -> Result<How> {
    const EXPECTED: &str = "expected one of `skip`, `redact`, `show`, `opaque`";
    let span = attribute.tokens[0].span();
    let Some(group) = attribute.group(Delimiter::Parenthesis) else {
        return error(span, EXPECTED);
    };
    let mut options = Cursor::new(group.stream());
    let Some(option) = options.next() else {
        return error(group.span(), EXPECTED);
    };
    let how = match option.to_string().as_str() {
        "skip" => How::Skipped,
        "redact" => How::Redacted,
        "show" => How::Shown,
        "opaque" => How::Opaque,
        _ => return error(option.span(), EXPECTED),
    };
    options.punct(',');
    if let Some(token) = options.next() {
        return error(token.span(), "a field takes one option");
    }
    if before.is_some() {
        return error(option.span(), "a field takes one option");
    }
    Ok(how)
}

/// Builds tokens from text and from the user's tokens. Everything that is not the user's has
/// mixed-site spans: its paths resolve as in this crate's edition, and its variables meet none of
/// the user's.
struct Output<'i> {
    item: &'i Item,
    tokens: TokenStream,
}

impl Output<'_> {
    /// Appends `code`, with `$` for the path of the stacklens crate.
    fn code(&mut self, code: &str) {
        self.code_at(code, Span::mixed_site());
    }

    /// As [`code`](Output::code), so that an error in it points at `span`.
    fn code_at(&mut self, code: &str, span: Span) {
        let tokens: TokenStream = code
            .parse()
            .expect("the code of the derive is made of whole tokens");
        self.respanned(tokens, Span::mixed_site().located_at(span));
    }

    fn respanned(&mut self, tokens: TokenStream, span: Span) {
        for mut token in tokens {
            if is_punct(&token, '$') {
                match &self.item.krate {
                    Some(path) => self.user(path),
                    None => self.respanned("::stacklens".parse().expect("a path"), span),
                }
                continue;
            }
            if let TokenTree::Group(group) = token {
                let mut inside = Output {
                    item: self.item,
                    tokens: TokenStream::new(),
                };
                inside.respanned(group.stream(), span);
                token = Group::new(group.delimiter(), inside.tokens).into();
            }
            token.set_span(span);
            self.tokens.extend([token]);
        }
    }

    fn user(&mut self, tokens: &[TokenTree]) {
        self.tokens.extend(tokens.iter().cloned());
    }

    fn group(&mut self, delimiter: Delimiter, fill: impl FnOnce(&mut Self)) {
        let outside = std::mem::take(&mut self.tokens);
        fill(self);
        let mut group = Group::new(delimiter, std::mem::replace(&mut self.tokens, outside));
        group.set_span(Span::mixed_site());
        self.tokens.extend([TokenTree::from(group)]);
    }

    fn ident(&mut self, ident: &Ident) {
        self.user(&[ident.clone().into()]);
    }
}

impl Item {
    fn emit(&self) -> TokenStream {
        let mut out = Output {
            item: self,
            tokens: TokenStream::new(),
        };
        let needs = self.needs();
        out.code("#[automatically_derived] impl <");
        for param in &self.generics {
            match param {
                Param::Lifetime { name, bounds } => {
                    out.user(name);
                    if !bounds.is_empty() {
                        out.code(":");
                        out.user(bounds);
                    }
                }
                Param::Type { name, bounds } => {
                    out.ident(name);
                    if !bounds.is_empty() {
                        out.code(":");
                        out.user(bounds);
                    }
                }
                Param::Const { declaration, .. } => {
                    out.code("const");
                    out.user(declaration);
                }
            }
            out.code(",");
        }
        out.code("> $::Inspect for");
        out.ident(&self.name);
        out.code("<");
        for param in &self.generics {
            match param {
                Param::Lifetime { name, .. } => out.user(name),
                Param::Type { name, .. } | Param::Const { name, .. } => out.ident(name),
            }
            out.code(",");
        }
        out.code("> where");
        out.user(&self.predicates);
        if self
            .predicates
            .last()
            .is_some_and(|token| !is_punct(token, ','))
        {
            out.code(",");
        }
        for need in &needs {
            out.user(need);
            out.code(": $::Inspect,");
        }
        out.group(Delimiter::Brace, |out| {
            out.code("fn inspect(&self, encoder: &mut $::Encoder<'_>)");
            out.group(Delimiter::Brace, |out| self.emit_body(out));
            out.code("fn __uniform(fuel: &mut $::__private::Fuel) -> $::__private::Uniform");
            out.group(Delimiter::Brace, |out| {
                out.code("$::__private::uniform");
                out.group(Delimiter::Parenthesis, |out| {
                    out.code("fuel, &");
                    out.group(Delimiter::Bracket, |out| {
                        for part in self.depends_on(&needs) {
                            out.code("<");
                            out.user(&part);
                            out.code("as $::Inspect>::__uniform,");
                        }
                    });
                });
            });
        });
        out.tokens
    }

    fn shown_fields(&self) -> impl Iterator<Item = &Field> {
        let (one, many): (&[Field], &[(Ident, Fields)]) = match &self.body {
            Body::Struct(fields) => (&fields.list, &[]),
            Body::Enum(variants) => (&[], variants),
        };
        one.iter()
            .chain(many.iter().flat_map(|(_, fields)| &fields.list))
            .filter(|field| field.how == How::Shown)
    }

    /// What must be `Inspect` beside the fields' own types: type parameters and their associated
    /// types, as far as they occur in a field that is shown. A closure in a skipped field asks for
    /// nothing.
    fn needs(&self) -> Vec<Vec<TokenTree>> {
        let mut parameters = Vec::new();
        for param in &self.generics {
            if let Param::Type { name, .. } = param {
                parameters.push(name.to_string());
            }
        }
        let mut needs = Vec::new();
        let mut seen = Vec::new();
        if !parameters.is_empty() {
            for field in self.shown_fields() {
                find_needs(&field.kind, &parameters, &mut |need| {
                    let text = need.iter().cloned().collect::<TokenStream>().to_string();
                    if !seen.contains(&text) {
                        seen.push(text);
                        needs.push(need.to_vec());
                    }
                });
            }
        }
        needs
    }

    /// The types that decide whether the impl is the same for all lifetimes. A type without any
    /// lifetime or type parameter is only one type, whatever its fields are.
    fn depends_on(&self, needs: &[Vec<TokenTree>]) -> Vec<Vec<TokenTree>> {
        if self
            .generics
            .iter()
            .any(|param| matches!(param, Param::Lifetime { .. }))
        {
            self.shown_fields()
                .map(|field| field.kind.clone())
                .collect()
        } else {
            needs.to_vec()
        }
    }

    fn emit_body(&self, out: &mut Output<'_>) {
        match &self.body {
            Body::Struct(fields) => {
                fields.emit(&plain(&self.name), out, &mut |out, index, field| {
                    out.code_at("&", field.span);
                    let access = |out: &mut Output<'_>| {
                        out.code_at("self.", field.span);
                        match &field.name {
                            Some(name) => out.ident(name),
                            None => out.code_at(&index.to_string(), field.span),
                        }
                    };
                    if self.packed {
                        out.group(Delimiter::Brace, access);
                    } else {
                        access(out);
                    }
                })
            }
            Body::Enum(variants) if variants.is_empty() => out.code("match *self {}"),
            Body::Enum(variants) => {
                out.code("match self");
                out.group(Delimiter::Brace, |out| {
                    for (name, fields) in variants {
                        out.code("Self::");
                        out.ident(name);
                        fields.emit_pattern(out);
                        out.code("=>");
                        out.group(Delimiter::Brace, |out| {
                            fields.emit(&plain(name), out, &mut |out, index, field| {
                                out.code_at(&format!("__field{index}"), field.span);
                            });
                        });
                    }
                });
            }
        }
    }
}

/// Calls `found` for every use of a type parameter in `tokens`: `T`, `T::Item` or `<T as
/// Trait>::Item`.
fn find_needs(tokens: &[TokenTree], parameters: &[String], found: &mut dyn FnMut(&[TokenTree])) {
    let is_path = |at: usize| {
        tokens.get(at).is_some_and(|token| is_punct(token, ':'))
            && tokens.get(at + 1).is_some_and(|token| is_punct(token, ':'))
    };
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                find_needs(&inside, parameters, found);
            }
            TokenTree::Ident(ident) if parameters.contains(&ident.to_string()) => {
                let start = at;
                let rooted = start >= 2 && is_path(start - 2);
                let mut end = at + 1;
                while is_path(end) && matches!(tokens.get(end + 2), Some(TokenTree::Ident(_))) {
                    end += 3;
                }
                let qualified = start >= 1
                    && is_punct(&tokens[start - 1], '<')
                    && tokens.get(end).is_some_and(|token| is_word(token, "as"));
                if qualified {
                    if let Some(end) = end_of_qualified(tokens, start - 1) {
                        found(&tokens[start - 1..end]);
                        at = end;
                        continue;
                    }
                } else if !rooted {
                    found(&tokens[start..end]);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Where `<T as Trait>::Item` that begins at `start` ends.
fn end_of_qualified(tokens: &[TokenTree], start: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if is_punct(token, '<') {
            depth += 1;
        } else if is_punct(token, '>') {
            depth -= 1;
            if depth == 0 {
                let item = matches!(tokens.get(at + 3), Some(TokenTree::Ident(_)));
                return item.then_some(at + 4);
            }
        }
    }
    None
}

impl Fields {
    /// `value` writes the expression that borrows a field.
    fn emit(
        &self,
        name: &str,
        out: &mut Output<'_>,
        value: &mut dyn FnMut(&mut Output<'_>, usize, &Field),
    ) {
        let name = Literal::string(name);
        if self.list.is_empty() {
            return out.code(&format!("$::__private::inspect_unit(encoder, {name});"));
        }
        let open = if self.named {
            "inspect_struct"
        } else {
            "inspect_tuple"
        };
        let shown = self
            .list
            .iter()
            .filter(|field| field.how != How::Skipped)
            .count();
        out.code(&format!(
            "$::__private::{open}(encoder, {name}, {shown}usize);"
        ));
        for (index, field) in self.list.iter().enumerate() {
            let (function, takes_value) = match (field.how, self.named) {
                (How::Skipped, _) => continue,
                (How::Shown, true) => ("inspect_field", true),
                (How::Shown, false) => ("inspect_item", true),
                (How::Opaque, true) => ("inspect_opaque_field", true),
                (How::Opaque, false) => ("inspect_opaque_item", true),
                (How::Redacted, true) => ("inspect_redacted_field", false),
                (How::Redacted, false) => ("inspect_redacted_item", false),
            };
            out.code(&format!("$::__private::{function}"));
            out.group(Delimiter::Parenthesis, |out| {
                out.code("encoder,");
                if let Some(name) = &field.name {
                    out.code(&format!("{},", Literal::string(&plain(name))));
                }
                if takes_value {
                    value(out, index, field);
                }
            });
            out.code(";");
        }
        if shown < self.list.len() {
            out.code("$::__private::inspect_skipped(encoder);");
        }
        out.code("$::__private::inspect_end(encoder);");
    }

    /// The pattern of a variant's fields.
    fn emit_pattern(&self, out: &mut Output<'_>) {
        if self.list.is_empty() {
            // Matches a variant of any form without fields.
            return out.code("{ .. }");
        }
        let delimiter = if self.named {
            Delimiter::Brace
        } else {
            Delimiter::Parenthesis
        };
        out.group(delimiter, |out| {
            for (index, field) in self.list.iter().enumerate() {
                let used = matches!(field.how, How::Shown | How::Opaque);
                match &field.name {
                    Some(name) if used => {
                        out.ident(name);
                        out.code_at(&format!(": __field{index},"), field.span);
                    }
                    None if used => out.code_at(&format!("__field{index},"), field.span),
                    None => out.code("_,"),
                    Some(_) => {}
                }
            }
            if self.named {
                out.code("..");
            }
        });
    }
}
