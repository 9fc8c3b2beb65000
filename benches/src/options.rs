//! The command line.

use crate::row::Row;

pub(crate) const USAGE: &str = "\
usage: stacklens-benches [--filter WORD[,WORD..]] [--json] [--check]

  --filter   only the rows with one of these words in their section or name
  --json     an array of objects instead of the table
  --check    exit with 1 if a row is over its budget, with 2 if one that has a budget could not be measured";

#[derive(Default)]
pub(crate) struct Options {
    filters: Vec<String>,
    pub(crate) json: bool,
    pub(crate) check: bool,
    pub(crate) help: bool,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--filter" => {
                    let words = arguments
                        .next()
                        .ok_or("--filter is to be followed by words")?;
                    let words = words
                        .split(',')
                        .map(str::trim)
                        .filter(|word| !word.is_empty());
                    options.filters.extend(words.map(str::to_owned));
                }
                "--json" => options.json = true,
                "--check" => options.check = true,
                "--help" | "-h" => options.help = true,
                other => return Err(format!("unknown option `{other}`")),
            }
        }
        Ok(options)
    }

    /// Rows that are there to test this program are shown to whoever names them.
    pub(crate) fn selects(&self, row: &Row) -> bool {
        if self.filters.is_empty() {
            return !row.control;
        }
        let named = |text: &str| self.filters.iter().any(|word| text.contains(word.as_str()));
        named(row.name) || !row.control && named(row.section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn options_are_read_in_any_order() {
        let options = parse("--check --filter a,b --json --filter c").unwrap();
        assert!(options.check && options.json && !options.help);
        assert_eq!(options.filters, ["a", "b", "c"]);
    }

    #[test]
    fn what_is_not_known_is_named() {
        assert_eq!(parse("--chekc").err().unwrap(), "unknown option `--chekc`");
        assert!(parse("--filter").is_err());
    }
}
