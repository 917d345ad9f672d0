//! Tables as spreadsheets and other programs write them.

use super::*;

/// Plans with a table of these bytes.
fn with_table(name: &str, bytes: &[u8]) -> Result<String, String> {
    let project = project(&format!("{{ set: table, path: {name}, label: class }}"));
    std::fs::write(project.path(name), bytes).unwrap();
    // Names differ from case to case.
    let is_kept = |line: &&str| !line.trim_start().starts_with("numbers: ");
    planned(&project).map(|plan| {
        let lines: Vec<&str> = plan.lines().filter(is_kept).collect();
        lines.join("\n").replace(name, "p.csv")
    })
}

/// Forty rows `x, y, class`, with these cells and line ends.
fn table(header: &str, row: impl Fn(usize) -> String, end: &str) -> String {
    let rows: String = (0..40).map(|index| row(index) + end).collect();
    format!("{header}{end}{rows}")
}

#[test]
fn tables_of_other_programs_are_read() {
    let plain = |index: usize| format!("{index},{}.5,{}", index % 7, class(index));
    let expected = with_table("p.csv", table("x,y,class", plain, "\n").as_bytes()).unwrap();
    assert!(
        expected.contains("32 training + 8 test samples, 2 features"),
        "{expected}"
    );
    let quoted = |index: usize| format!("\"{index}\",\"{}.5\",\"{}\"", index % 7, class(index));
    let semicolons = |index: usize| format!("{index};{},5;{}", index % 7, class(index));
    let tabs = |index: usize| format!("{index}\t{},5\t{}", index % 7, class(index));
    let trailing = |index: usize| plain(index) + ",";
    let cases = [
        ("CRLF", table("x,y,class", plain, "\r\n")),
        ("CR alone", table("x,y,class", plain, "\r")),
        ("a BOM", table("\u{feff}x,y,class", plain, "\r\n")),
        ("quotes", table("\"x\",\"y\",\"class\"", quoted, "\n")),
        (
            "blank last lines",
            table("x,y,class", plain, "\n") + "\n\r\n  \n",
        ),
        (
            "blank first lines",
            "\n\n".to_owned() + &table("x,y,class", plain, "\n"),
        ),
        ("blank lines", table("x,y,class", plain, "\n\n")),
        ("empty rows", table("x,y,class", plain, "\n") + ",,\n,,\n"),
        (
            "separators at the ends",
            table("x,y,class,", trailing, "\n"),
        ),
        (
            "separators at the ends of rows",
            table("x,y,class", trailing, "\n"),
        ),
        (
            "spaces after separators",
            table("x, y, class", |i| plain(i).replace(',', ", "), "\n"),
        ),
        (
            "comments",
            "# Made by hand,\n# in 2024\n".to_owned() + &table("x,y,class", plain, "\n#\n"),
        ),
        ("decimal commas", table("x;y;class", semicolons, "\n")),
        (
            "decimal commas and tabulators",
            table("x\ty\tclass", tabs, "\n"),
        ),
        (
            "Excel's line",
            "sep=;\r\n".to_owned() + &table("x;y;class", semicolons, "\r\n"),
        ),
        (
            "commas in quoted names",
            table("\"x, cm\";\"y, cm\";class", semicolons, "\n"),
        ),
        (
            "commas in names",
            table("x, cm;y, cm;class", semicolons, "\n"),
        ),
        (
            "semicolons in names",
            table("\"x;;;\",\"y;\",class", plain, "\n"),
        ),
        (
            "line ends in names",
            table("\"x\n(cm)\",y,class", plain, "\n"),
        ),
        (
            "`|`",
            table("x|y|class", |i| plain(i).replace(',', "|"), "\n"),
        ),
    ];
    for (what, text) in cases {
        assert_eq!(
            with_table("p.csv", text.as_bytes()).as_ref(),
            Ok(&expected),
            "{what}"
        );
    }
    let text = table("x,y,class", plain, "\n");
    let utf16: Vec<u8> = format!("\u{feff}{}", text.replace(',', "\t"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(with_table("p.csv", &utf16).as_ref(), Ok(&expected));
    // The contents determine whether a file is compressed.
    for (name, bytes) in [
        ("p.csv.gz", gzip(text.as_bytes())),
        ("P.TSV.GZ", gzip(text.as_bytes())),
        ("p.csv", gzip(text.as_bytes())),
        ("p.csv.gz", text.clone().into_bytes()),
        ("p.DATA", text.into_bytes()),
    ] {
        assert_eq!(with_table(name, &bytes).as_ref(), Ok(&expected), "{name}");
    }
}

#[test]
fn decimal_commas_equal_decimal_points() {
    let values = |separator: &str, comma: &str| {
        let project = project("{ set: table, path: p.csv, label: class }");
        let row = |index: usize| {
            ["x", "class"].map(|name| match name {
                "x" => format!("{}{comma}25", index as i64 - 20),
                _ => class(index).to_owned(),
            })
        };
        let header = ["x", "class"].join(separator);
        project.write("p.csv", &table(&header, |i| row(i).join(separator), "\n"));
        let done = project.run(&["sweep.yaml", "--device", "cpu", "--quiet"]);
        assert_eq!((done.code, done.error.as_str()), (0, ""));
        let epochs = project.read("runs/sweep/base/fold-0/epochs.csv");
        let rows = epochs
            .lines()
            .map(|line| line.split(',').take(4).collect::<Vec<_>>());
        rows.map(|row| row.join(",")).collect::<Vec<_>>()
    };
    assert_eq!(values(";", ","), values(",", "."));
}

#[test]
fn an_unreadable_table_is_refused_with_a_fix() {
    let plain = |index: usize| format!("{index},{}", class(index));
    let latin = table("x,class", |i| format!("{i},caf\u{e9}"), "\n");
    let latin: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    let text = |text: String| text.into_bytes();
    let cases = [
        (
            latin,
            "line 2, column 6: the byte 0xE9 is not valid UTF-8 (in Windows-1252 it is `é`); save",
        ),
        (
            text(table("x,class", plain, "\n") + "\"1,a\n"),
            "line 42: a quotation mark at the start of a cell",
        ),
        (
            text(table("x,class", |i| format!("r{i},{}", plain(i)), "\n")),
            "row.names = FALSE",
        ),
        (
            text(table("1,b", plain, "\n")),
            "a line with the columns' names above it",
        ),
        (
            text(table("x class", plain, "\n").replace(',', " ")),
            "separate columns",
        ),
        (
            text(table("x,class", plain, "\n") + "high,a\n"),
            "row 41: `high` is text, but 32 of 33 cells are numbers",
        ),
        (
            text(table(
                "x;class",
                |i| format!("{},500;{}", i + 1, class(i)),
                "\n",
            )),
            "`1,500` is not a plain number; write a point before decimals",
        ),
        (b"PK\x03\x04...".to_vec(), "an Excel workbook"),
    ];
    for (bytes, expected) in cases {
        let message = with_table("p.csv", &bytes).unwrap_err();
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(message.contains(expected), "{message}");
    }
    let kaggle = project("{ set: table, path: digits, label: class }");
    std::fs::create_dir(kaggle.path("digits")).unwrap();
    kaggle.write("digits/train.csv", &table("x,class", plain, "\n"));
    kaggle.write("digits/test.csv", "x\n1\n");
    assert!(
        planned(&kaggle)
            .unwrap_err()
            .contains("as in Kaggle's test.csv")
    );
}

#[test]
fn a_tilde_in_a_path_is_the_home_folder() {
    let project = project("{ set: table, path: ~/own/p.csv, label: class }");
    std::fs::create_dir_all(project.path("me/own")).unwrap();
    let row = |index: usize| format!("{index},{}", class(index));
    project.write("me/own/p.csv", &table("x,class", row, "\n"));
    assert!(planned(&project).unwrap_err().contains("own/p.csv"));
    let mut command = project.command(&["plan", "sweep.yaml"]);
    let output = command.env("HOME", project.path("me")).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_number_is_shown_as_it_is_written_in_the_file() {
    for (epochs, shown) in [("010", "`010`"), ("1e1", "`1e1`"), ("-0", "`-0`")] {
        let project = Project::new(&format!("training: {{ epochs: {epochs} }}\n"));
        let message = planned(&project).unwrap_err();
        assert!(message.contains(&format!("found {shown}")), "{message}");
        let set = format!("training.epochs={epochs}");
        let done = project.run(&["plan", "sweep.yaml", "--set", &set]);
        assert!(
            done.error.contains(&format!("found {shown}")),
            "{}",
            done.error
        );
    }
}
