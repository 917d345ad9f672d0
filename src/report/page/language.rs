//! The language of the interface, and its texts.

use serde::Serialize;
use std::collections::BTreeMap;

/// The language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageLanguage {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

/// The texts of one language by key, with slots `{0}`, `{1}` …
pub(crate) type Texts = BTreeMap<String, String>;

impl PageLanguage {
    /// Its code in HTML: `en`, `fr`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// All texts of the interface in this language.
    #[expect(clippy::expect_used, reason = "serialising our own values never fails")]
    pub(crate) fn text(self) -> Texts {
        let mut all: BTreeMap<String, Texts> = serde_json::from_str(include_str!("text.json"))
            .expect("text.json is an object for each language, as a test below holds");
        all.remove(self.code()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers in `{0}`, `{1}` …, in ascending order.
    fn slots(text: &str) -> Vec<&str> {
        let mut slots: Vec<&str> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(slot, _)| slot))
            .collect();
        slots.sort_unstable();
        slots
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_slots() {
        let (english, french) = (PageLanguage::En.text(), PageLanguage::Fr.text());
        assert!(english.len() > 50);
        assert!(english.keys().eq(french.keys()));
        for (key, text) in &english {
            assert_eq!(slots(text), slots(&french[key]), "{key}");
        }
    }

    #[test]
    fn each_text_is_used_and_each_used_text_exists() {
        let sources = super::super::render::SCRIPTS.join("\n") + include_str!("page.html");
        for key in PageLanguage::En.text().keys() {
            // `counted('trials', …)` takes `trials.one` or `trials.many`; `kind.…` and the like
            // are composed from a value of the data.
            let stem = key.split('.').next().unwrap_or(key);
            let quoted = [
                format!("'{key}'"),
                format!("{{{{{key}}}}}"),
                format!("'{stem}'"),
                format!("`{stem}."),
            ];
            assert!(
                quoted.iter().any(|used| sources.contains(used.as_str())),
                "{key} is not used"
            );
        }
        let texts = PageLanguage::En.text();
        for call in sources.split(" text('").skip(1) {
            let key = call.split('\'').next().unwrap_or_default();
            assert!(texts.contains_key(key), "no such text: {key}");
        }
    }
}
