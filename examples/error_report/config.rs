//! The configuration: `name = value` lines, `include FILE`, comments from `#` on.

use stacklens::{Error, Inspect, Result, ResultExt, err, frame};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;

/// Files that include each other further than this are taken for a circle.
const NESTING: usize = 4;

#[derive(Clone, Debug, Default, Inspect)]
pub struct Config {
    host: Option<IpAddr>,
    port: u16,
    workers: usize,
    api_token: String,
}

/// A setting that is not what it should be.
#[derive(Debug)]
pub enum SettingError {
    Unknown(String),
    Value {
        name: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingError::Unknown(name) => write!(f, "there is no setting `{name}`"),
            SettingError::Value { name, .. } => write!(f, "`{name}` has no such value"),
        }
    }
}

impl std::error::Error for SettingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SettingError::Unknown(_) => None,
            SettingError::Value { source, .. } => Some(&**source),
        }
    }
}

#[frame]
impl Config {
    pub fn read(file: &Path) -> Result<Config> {
        let mut config = Config::default();
        config.read_into(file, 0)?;
        Ok(config)
    }

    fn read_into(&mut self, file: &Path, nesting: usize) -> Result<()> {
        if nesting > NESTING {
            return Err(err!("includes go in a circle")
                .note(format!("{NESTING} files deep is as far as it goes")));
        }
        let text = std::fs::read_to_string(file)?;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if let Some(included) = line.strip_prefix("include ") {
                let included = file.with_file_name(included.trim());
                self.read_into(&included, nesting + 1)
                    .with_note(|| format!("included from line {number} of {}", file.display()))?;
            } else {
                self.set(line)
                    .with_note(|| format!("line {number} of {}", file.display()))?;
            }
        }
        Ok(())
    }

    fn set(&mut self, line: &str) -> Result<()> {
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| err!("`name = value` expected"))?;
        let (name, value) = (name.trim(), value.trim());
        self.assign(name, value)?;
        Ok(())
    }

    fn assign(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        let wrong = |source: Box<dyn std::error::Error + Send + Sync>| SettingError::Value {
            name: name.to_owned(),
            source,
        };
        match name {
            "host" => self.host = Some(value.parse().map_err(|error| wrong(Box::new(error)))?),
            "port" => self.port = value.parse().map_err(|error| wrong(Box::new(error)))?,
            "workers" => self.workers = value.parse().map_err(|error| wrong(Box::new(error)))?,
            "api_token" => self.api_token = value.to_owned(),
            _ => return Err(SettingError::Unknown(name.to_owned())),
        }
        Ok(())
    }

    /// All that is wrong, at once.
    pub fn validate(&self) -> Result<()> {
        let mut wrong = Vec::new();
        if self.host.is_none() {
            wrong.push(err!("there is no host"));
        }
        if self.port < 1024 {
            wrong.push(err!("port {} is the system's", self.port));
        }
        if self.workers == 0 {
            wrong.push(err!("nobody works"));
        }
        match wrong.len() {
            0 => Ok(()),
            n => Err(Error::many(format!("{n} settings are wrong"), wrong)),
        }
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self
            .host
            .map_or_else(|| "?".to_owned(), |host| host.to_string());
        write!(f, "{} workers on {host}:{}", self.workers, self.port)
    }
}
