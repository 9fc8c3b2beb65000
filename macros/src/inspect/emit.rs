//! The impl: its header, and a call for each field that is copied.

use proc_macro::{Delimiter, Literal, TokenStream};

use super::cursor::is_punct;
use super::item::{plain, Body, Field, Fields, How, Item, Param};
use super::output::Output;

impl Item {
    pub(super) fn emit(&self) -> TokenStream {
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
