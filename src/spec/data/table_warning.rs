//! What may be wrong with a table that can be used.

use crate::spec::values::text_list::listed;
use serde::{Deserialize, Serialize};

/// What may be wrong with a table that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableWarning {
    /// A column numbers the rows.
    RowNumbers {
        /// Its name.
        column: String,
    },
    /// A level looks as if it stood for a missing value.
    #[serde(rename = "missing_level")]
    MissingCategory {
        /// The column.
        column: String,
        /// The category.
        #[serde(rename = "level")]
        category: String,
    },
    /// A class looks so.
    MissingClass {
        /// Its name.
        class: String,
    },
    /// Two levels of a column differ in the case of letters alone.
    #[serde(rename = "similar_levels")]
    SimilarCategories {
        /// The column.
        column: String,
        /// The categories.
        #[serde(rename = "levels")]
        categories: [String; 2],
    },
    /// Two classes do.
    SimilarClasses {
        /// Their names.
        classes: [String; 2],
    },
    /// Columns lack values that are complete in the training part.
    Unmarked {
        /// Each with the number of cells.
        columns: Vec<(String, usize)>,
    },
    /// Columns have levels that the training part lacks.
    #[serde(rename = "unknown_levels")]
    UnknownCategories {
        /// Each with the number of cells, and the first of these levels.
        columns: Vec<(String, usize, Vec<String>)>,
    },
}

impl TableWarning {
    /// The warning in English, with names as `code` writes them.
    pub(crate) fn in_english(&self, code: impl Fn(&str) -> String) -> String {
        match self {
            Self::RowNumbers { column } => format!(
                "the column {} numbers the rows; if rows are sorted by class, it reveals the class; leave \
                 it out with data.drop unless it is a measurement",
                code(column)
            ),
            Self::MissingCategory { column, category } => format!(
                "the column {} has the level {}; if it stands for a missing value, list it in \
                 data.na_values",
                code(column),
                code(category)
            ),
            Self::MissingClass { class } => format!(
                "{} is a class of its own; if it stands for a missing label, leave its rows out",
                code(class)
            ),
            Self::SimilarCategories { column, categories } => format!(
                "the column {} has the levels {} and {}, which differ in the case of letters alone",
                code(column),
                code(&categories[0]),
                code(&categories[1])
            ),
            Self::SimilarClasses { classes } => format!(
                "the classes {} and {} differ in the case of letters alone",
                code(&classes[0]),
                code(&classes[1])
            ),
            Self::Unmarked { columns } => format!(
                "values are missing in columns that are complete in the training part: {}; they are \
                 filled, without an `is missing` feature",
                unmarked(columns, &code, "and", "more")
            ),
            Self::UnknownCategories { columns } => format!(
                "there are levels that the training part lacks: {}; all features of the column are 0 there",
                unknown(columns, &code, "and", "more")
            ),
        }
    }

    /// The warning in French, with names as `code` writes them.
    pub(crate) fn in_french(&self, code: impl Fn(&str) -> String) -> String {
        match self {
            Self::RowNumbers { column } => format!(
                "la colonne {} numérote les lignes ; si elles sont triées par classe, elle révèle la \
                 classe ; excluez-la par data.drop, sauf si c’est une mesure",
                code(column)
            ),
            Self::MissingCategory { column, category } => format!(
                "la colonne {} a le niveau {} ; s’il marque une valeur manquante, ajoutez-le à \
                 data.na_values",
                code(column),
                code(category)
            ),
            Self::MissingClass { class } => format!(
                "{} est une classe à part entière ; si elle marque une étiquette manquante, retirez ses \
                 lignes",
                code(class)
            ),
            Self::SimilarCategories { column, categories } => format!(
                "la colonne {} a les niveaux {} et {}, qui ne diffèrent que par la casse",
                code(column),
                code(&categories[0]),
                code(&categories[1])
            ),
            Self::SimilarClasses { classes } => format!(
                "les classes {} et {} ne diffèrent que par la casse",
                code(&classes[0]),
                code(&classes[1])
            ),
            Self::Unmarked { columns } => format!(
                "des valeurs manquent dans des colonnes qui sont complètes à l’entraînement : {} ; elles \
                 sont remplacées, sans variable `is missing`",
                unmarked(columns, &code, "et", "de plus")
            ),
            Self::UnknownCategories { columns } => format!(
                "il y a des niveaux qui manquent à l’entraînement : {} ; toutes les variables de la \
                 colonne y valent 0",
                unknown(columns, &code, "et", "de plus")
            ),
        }
    }
}

fn unmarked(
    columns: &[(String, usize)],
    code: &impl Fn(&str) -> String,
    and: &str,
    more: &str,
) -> String {
    let shown = columns
        .iter()
        .map(|(column, cells)| format!("{} ({cells})", code(column)));
    listed(shown, and, more)
}

fn unknown(
    columns: &[(String, usize, Vec<String>)],
    code: &impl Fn(&str) -> String,
    and: &str,
    more: &str,
) -> String {
    const MAX_LISTED_CATEGORIES: usize = 3;
    let shown = columns.iter().map(|(column, cells, categories)| {
        let first: Vec<String> = categories
            .iter()
            .take(MAX_LISTED_CATEGORIES)
            .map(|category| code(category))
            .collect();
        let rest = if categories.len() > MAX_LISTED_CATEGORIES {
            ", …"
        } else {
            ""
        };
        format!("{} ({cells}: {}{rest})", code(column), first.join(", "))
    });
    listed(shown, and, more)
}
