//! Names that a cluster defines: of partitions, accounts and volumes.

use super::text_value::text_value;
use serde_json::json;
use std::fmt;
use std::str::FromStr;

/// A name without spaces and control characters, such as that of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Token {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("write a name without spaces".to_owned())
        }
    }
}

text_value!(
    Token,
    "a name without spaces",
    json!({ "type": ["string", "integer"], "pattern": "^\\S+$" })
);

/// A name of a namespace or a claim, by the rules of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceName(String);

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ResourceName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let ends = !text.starts_with('-') && !text.ends_with('-');
        if (1..=63).contains(&text.len()) && text.chars().all(is_plain) && ends {
            Ok(Self(text.to_owned()))
        } else {
            Err(
                "use at most 63 lowercase letters, digits and `-`, and a letter or digit at both ends"
                    .to_owned(),
            )
        }
    }
}

text_value!(
    ResourceName,
    "a name that Kubernetes accepts",
    json!({ "type": ["string", "integer"], "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" })
);
