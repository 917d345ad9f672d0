//! Parses the records of a CSV text (RFC 4180) as pandas does.
//!
//! A quotation mark quotes only at the start of a field. Lines end in `\n`, `\r\n` or `\r`.

/// A field of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Field<'a> {
    /// Its part of the text, unchanged.
    pub raw: &'a str,
    pub quoting: Quoting,
}

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Quoting {
    /// Without quotation marks.
    None,
    /// Between quotation marks; quotation marks inside are doubled.
    Full,
    /// With quotation marks elsewhere.
    Irregular,
}

impl Field<'_> {
    /// The field's value, without the quotation marks around it.
    pub(crate) fn value(&self) -> String {
        let Some(quoted) = self.raw.strip_prefix('"') else {
            return self.raw.to_owned();
        };
        let end = end_of_quoted(quoted).unwrap_or(quoted.len());
        let rest = quoted.get(end + 1..).unwrap_or("");
        quoted[..end].replace("\"\"", "\"") + rest
    }

    /// Whether it has only white space.
    pub(crate) fn is_blank(&self) -> bool {
        match self.quoting {
            Quoting::None => self.raw.trim_ascii().is_empty(),
            Quoting::Full | Quoting::Irregular => self.value().trim_ascii().is_empty(),
        }
    }
}

/// The end of a quoted text: the first quotation mark that is not doubled.
fn end_of_quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|&byte| byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Reads the records one by one.
#[derive(Clone, Debug)]
pub(crate) struct Records<'a> {
    text: &'a str,
    separator: u8,
    at: usize,
    line: usize,
}

impl<'a> Records<'a> {
    /// The records of a text whose first line has the number `line`.
    pub(crate) fn new(text: &'a str, separator: u8, line: usize) -> Self {
        Self {
            text,
            separator,
            at: 0,
            line,
        }
    }

    /// Writes the fields of the next record into `fields`, and returns the number of its first line, or `None` at the
    /// end.
    ///
    /// # Errors
    /// A quotation mark that is never closed.
    pub(crate) fn next(&mut self, fields: &mut Vec<Field<'a>>) -> Result<Option<usize>, String> {
        fields.clear();
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            fields.push(self.field()?);
            let bytes = self.text.as_bytes();
            let end = bytes.get(self.at).copied();
            self.at += match end {
                Some(b'\r') if bytes.get(self.at + 1) == Some(&b'\n') => 2,
                Some(_) => 1,
                None => 0,
            };
            if end != Some(self.separator) {
                self.line += 1;
                return Ok(Some(line));
            }
        }
    }

    /// Reads a field up to the separator or the end of the line.
    fn field(&mut self) -> Result<Field<'a>, String> {
        let rest = &self.text[self.at..];
        let mut quoted = 0;
        if let Some(text) = rest.strip_prefix('"') {
            let end = end_of_quoted(text).ok_or_else(|| {
                format!(
                    "line {}: a quotation mark at the start of a cell is never closed; close it, or \
                     quote the cell and double each quotation mark in it",
                    self.line
                )
            })?;
            self.line += text[..end].matches('\n').count();
            quoted = end + 2;
        }
        let ends = |&byte: &u8| byte == self.separator || byte == b'\n' || byte == b'\r';
        let after = &rest.as_bytes()[quoted..];
        let length = after.iter().position(ends).unwrap_or(after.len());
        let raw = &rest[..quoted + length];
        self.at += raw.len();
        let quoting = match (quoted, length) {
            (0, _) if !raw.contains('"') => Quoting::None,
            (1.., 0) => Quoting::Full,
            _ => Quoting::Irregular,
        };
        Ok(Field { raw, quoting })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines and the values of all records.
    fn read(text: &str) -> Vec<(usize, Vec<String>)> {
        let mut records = Records::new(text, b',', 1);
        let mut fields = Vec::new();
        let mut read = Vec::new();
        while let Some(line) = records.next(&mut fields).unwrap() {
            read.push((line, fields.iter().map(Field::value).collect()));
        }
        read
    }

    #[test]
    fn records_are_taken_apart_as_pandas_does() {
        let record = |line: usize, values: &[&str]| {
            (line, values.iter().map(|&value| value.to_owned()).collect())
        };
        assert_eq!(
            read("a,\"b,\"\"c\"\"\nd\"\r\ne,\n\nf"),
            [
                record(1, &["a", "b,\"c\"\nd"]),
                record(3, &["e", ""]),
                record(4, &[""]),
                record(5, &["f"]),
            ]
        );
        assert_eq!(
            read("a,b\rc,d"),
            [record(1, &["a", "b"]), record(2, &["c", "d"])]
        );
        assert_eq!(read("5\",\"a\"b,\"\""), [record(1, &["5\"", "ab", ""])]);
        assert!(read("").is_empty());
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_reported_with_its_line() {
        let mut records = Records::new("a\n\"b\"\"\nc", b',', 1);
        let mut fields = Vec::new();
        records.next(&mut fields).unwrap();
        assert!(
            records
                .next(&mut fields)
                .unwrap_err()
                .starts_with("line 2:")
        );
    }
}
