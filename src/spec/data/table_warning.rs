//! Warnings about a table that can be used.

use crate::values::text_list::listed;
use serde::{Deserialize, Serialize};

/// A possible fault of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableWarning {
    /// A column numbers the rows.
    RowNumbers {
        /// The column.
        column: String,
    },
    /// A category looks like a marker of missing values.
    #[serde(rename = "missing_level")]
    MissingCategory {
        /// The column.
        column: String,
        /// The category.
        #[serde(rename = "level")]
        category: String,
    },
    /// A class looks like a marker of missing labels.
    MissingClass {
        /// The class.
        class: String,
    },
    /// Two categories of a column differ only in case.
    #[serde(rename = "similar_levels")]
    SimilarCategories {
        /// The column.
        column: String,
        /// The categories.
        #[serde(rename = "levels")]
        categories: [String; 2],
    },
    /// Two classes differ only in case.
    SimilarClasses {
        /// The classes.
        classes: [String; 2],
    },
    /// Values are missing in columns that are complete in the training set.
    #[serde(rename = "unmarked")]
    MissingWithoutIndicator {
        /// The columns, each with the number of missing values.
        columns: Vec<(String, usize)>,
    },
    /// Columns have categories that the training set does not have.
    #[serde(rename = "unknown_levels")]
    UnknownCategories {
        /// The columns, each with the number of cells and these categories.
        columns: Vec<(String, usize, Vec<String>)>,
    },
}

impl TableWarning {
    /// The warning in English; `code` formats names.
    pub(crate) fn in_english(&self, code: impl Fn(&str) -> String) -> String {
        match self {
            Self::RowNumbers { column } => format!(
                "the column {} numbers the rows; if rows are sorted by class, it reveals the class; \
                 leave it out with data.drop, unless it is a measurement",
                code(column)
            ),
            Self::MissingCategory { column, category } => format!(
                "the column {} has the category {}; if it means a missing value, list it in \
                 data.na_values",
                code(column),
                code(category)
            ),
            Self::MissingClass { class } => format!(
                "{} is a class; if it means a missing label, remove its rows",
                code(class)
            ),
            Self::SimilarCategories { column, categories } => format!(
                "the column {} has the categories {} and {}, which differ only in case",
                code(column),
                code(&categories[0]),
                code(&categories[1])
            ),
            Self::SimilarClasses { classes } => format!(
                "the classes {} and {} differ only in case",
                code(&classes[0]),
                code(&classes[1])
            ),
            Self::MissingWithoutIndicator { columns } => format!(
                "values are missing in columns that are complete in the training set: {}; they are \
                 filled, without an `is missing` feature",
                columns_with_counts(columns, &code, "and", "more")
            ),
            Self::UnknownCategories { columns } => format!(
                "these columns have categories that are not in the training set: {}; their features are 0 \
                 in these rows",
                columns_with_categories(columns, &code, "and", "more")
            ),
        }
    }

    /// The warning in French; `code` formats names.
    pub(crate) fn in_french(&self, code: impl Fn(&str) -> String) -> String {
        match self {
            Self::RowNumbers { column } => format!(
                "la colonne {} numérote les lignes ; si elles sont triées par classe, elle révèle la \
                 classe ; excluez-la par data.drop, sauf si c’est une mesure",
                code(column)
            ),
            Self::MissingCategory { column, category } => format!(
                "la colonne {} a la catégorie {} ; si elle marque une valeur manquante, ajoutez-la à \
                 data.na_values",
                code(column),
                code(category)
            ),
            Self::MissingClass { class } => format!(
                "{} est une classe ; si elle marque une étiquette manquante, retirez ses lignes",
                code(class)
            ),
            Self::SimilarCategories { column, categories } => format!(
                "la colonne {} a les catégories {} et {}, qui ne diffèrent que par la casse",
                code(column),
                code(&categories[0]),
                code(&categories[1])
            ),
            Self::SimilarClasses { classes } => format!(
                "les classes {} et {} ne diffèrent que par la casse",
                code(&classes[0]),
                code(&classes[1])
            ),
            Self::MissingWithoutIndicator { columns } => format!(
                "des valeurs manquent dans des colonnes qui sont complètes à l’entraînement : {} ; elles \
                 sont remplacées, sans variable `is missing`",
                columns_with_counts(columns, &code, "et", "de plus")
            ),
            Self::UnknownCategories { columns } => format!(
                "ces colonnes ont des catégories absentes de l’entraînement : {} ; leurs variables valent \
                 0 dans ces lignes",
                columns_with_categories(columns, &code, "et", "de plus")
            ),
        }
    }
}

fn columns_with_counts(
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

fn columns_with_categories(
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
