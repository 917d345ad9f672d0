//! Flags that are made from the keys of a section of the sweep file.

use crate::spec::{Section, SectionKey, YamlNode};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use std::marker::PhantomData;

/// A key with a flag: its name in the section, and the name of the flag's value in the help.
pub struct Flag(pub &'static str, pub &'static str);

/// The flags of a command for the keys of a section.
pub trait FlagSet: Clone + Send + Sync + 'static {
    /// The section.
    type Section: Section;
    /// The keys, in the order of the help.
    const FLAGS: &'static [&'static [Flag]];
}

/// The values of the flags `F` on a command line.
///
/// A flag is named after its key: `--max-parallel` for `max_parallel`. It accepts what the key accepts, and
/// its help is the description of the key. The flag of a list adds an item each time it is given, and has
/// the name in the singular: `--directive` for `directives`.
#[derive(Clone, Debug)]
pub struct SectionFlags<F> {
    values: Vec<(&'static str, YamlNode)>,
    flags: PhantomData<F>,
}

impl<F: FlagSet> SectionFlags<F> {
    /// Sets the keys whose flags are given.
    pub fn apply(&self, section: &mut F::Section) {
        for (key, value) in &self.values {
            let set = section.set(key, value);
            assert!(
                matches!(set, Some(Ok(()))),
                "the value of {key} was checked"
            );
        }
    }

    /// The keys with their value names.
    fn keys() -> impl Iterator<Item = (SectionKey, &'static str)> {
        let find = |name| F::Section::keys().into_iter().find(|key| key.name == name);
        let flags = F::FLAGS.iter().copied().flatten();
        flags.filter_map(move |&Flag(name, value)| find(name).map(|key| (key, value)))
    }
}

impl<F: FlagSet> Args for SectionFlags<F> {
    fn augment_args(command: Command) -> Command {
        Self::keys().fold(command, |command, (key, value)| {
            command.arg(flag::<F::Section>(&key, value))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<F: FlagSet> FromArgMatches for SectionFlags<F> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |(key, _): (SectionKey, _)| {
            let mut nodes = matches.get_many::<YamlNode>(key.name)?.cloned();
            let value = if key.is_list() {
                YamlNode::list(nodes.collect())
            } else {
                nodes.next_back()?
            };
            Some((key.name, value))
        };
        Ok(Self {
            values: Self::keys().filter_map(given).collect(),
            flags: PhantomData,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The flag for a key.
fn flag<S: Section>(key: &SectionKey, value_name: &'static str) -> Arg {
    let (name, is_list) = (key.name, key.is_list());
    let singular = if is_list {
        name.strip_suffix('s').unwrap_or(name)
    } else {
        name
    };
    let parser = move |text: &str| {
        let node = YamlNode::scalar(text);
        let value = if is_list {
            YamlNode::list(vec![node.clone()])
        } else {
            node.clone()
        };
        match S::default().set(name, &value) {
            Some(Err(diagnostic)) => Err(diagnostic.help.unwrap_or(diagnostic.message)),
            _ => Ok(node),
        }
    };
    let arg = Arg::new(name)
        .long(singular.replace('_', "-"))
        .value_name(value_name)
        .value_parser(parser)
        .help(help(key.description, is_list));
    if is_list {
        arg.action(ArgAction::Append).allow_hyphen_values(true)
    } else {
        arg
    }
}

/// The description of a key as the help of its flag: without marks of code, and with the default as in the
/// help of other flags.
fn help(description: &str, is_list: bool) -> String {
    let (text, default) = match description.split_once(" Default: ") {
        Some((text, default)) if !is_list => (text, Some(default)),
        Some((text, _)) => (text, None),
        None => (description, None),
    };
    let mut help = text.trim_end_matches('.').replace('`', "");
    if is_list {
        help.push_str("; repeatable");
    }
    if let Some(default) = default {
        let default = default.trim_end_matches('.').replace('`', "");
        help.push_str(&format!(" [default: {default}]"));
    }
    help
}
