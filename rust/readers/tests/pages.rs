//! Pages and trees of pages, read as they lie on disk.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::fs;
use std::path::{Path, PathBuf};

use specplan_catalog::Column;
use specplan_readers::{Limits, PagesRead, read_page_values, read_pages};
use tempfile::TempDir;

const META: &str = r#"{"compilers": ["gcc@13.2.0"], "num_specs": 1, "num_specs_by_stack": {"e4s": 1, "root": 1}, "oss": ["rhel8"], "platforms": ["linux"], "stacks": ["e4s", "root"], "targets": ["zen4"], "versions": ["1.3.1"]}"#;
const SPEC: &str = r#"{"compiler": "gcc@13.2.0", "hash": "36c47octke23tog3tjpjamxsrop4btuz", "os": "rhel8", "platform": "linux", "size": "-", "stacks": ["e4s", "root"], "target": "zen4", "variants": ["+pic"], "versions": ["1.3.1"]}"#;

fn page() -> String {
    format!(
        "---\ntitle: \"zlib\"\nlayout: cache\ncategories: [package, develop]\nmeta: {META}\nspec_details: [{SPEC}]\n---"
    )
}

fn read(page: &str) -> PagesRead {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("specs.md"), page).unwrap();
    read_pages(folder.path(), Limits::default())
}

/// The one fault of a page: its place, line and message.
fn fault(page: &str) -> (String, Option<u32>, String) {
    let read = read(page);
    assert_eq!((read.taken, read.declined.len()), (0, 0), "{page}");
    assert!(read.rows.is_empty(), "a damaged page leaves no rows");
    let [(_, fault)] = &read.damaged[..] else {
        panic!("one fault, not {:?}", read.damaged);
    };
    (fault.place.clone(), fault.line, fault.kind.to_string())
}

#[test]
fn a_page_as_published_is_taken() {
    let read = read(&page());
    assert_eq!((read.taken, read.damaged.len()), (1, 0));
    assert!(read.contradictions.is_empty());
    let catalog = read.rows.finish();
    catalog.validate();
    assert_eq!(catalog.len(), 1);
    assert_eq!(catalog.text(0, Column::Stacks), "e4s\nroot");
    assert_eq!(catalog.text(0, Column::Tag), "develop");
}

#[test]
fn a_fault_has_the_line_of_its_key() {
    let wrong = [
        ("\"zlib\"", "\"-x\"", "title", 2),
        ("\"oss\": [\"rhel8\"]", "\"oss\": [null]", "meta.oss[0]", 5),
        ("\"platforms\": [\"linux\"], ", "", "meta.platforms", 5),
        (
            "\"size\": \"-\"",
            "\"size\": null",
            "spec_details[0].size",
            6,
        ),
        ("\"target\": \"zen4\", ", "", "spec_details[0].target", 6),
    ];
    for (sound, damaged, place, line) in wrong {
        let (at, number, _) = fault(&page().replace(sound, damaged));
        assert_eq!((at.as_str(), number), (place, Some(line)));
    }
}

#[test]
fn each_wrong_type_is_named_beside_the_one_that_should_be_there() {
    let wrong = [
        (
            "\"compiler\": \"gcc@13.2.0\"",
            "\"compiler\": true",
            "must be text, is a boolean",
        ),
        (
            "\"stacks\": [\"e4s\", \"root\"], \"target\":",
            "\"stacks\": {}, \"target\":",
            "must be a list, is an object",
        ),
        (
            "\"variants\": [\"+pic\"]",
            "\"variants\": [[]]",
            "must be text, is a list",
        ),
        (
            "\"versions\": [\"1.3.1\"]}]",
            "\"versions\": []}]",
            "must have 1 element, has 0",
        ),
        (
            "\"num_specs\": 1",
            "\"num_specs\": \"1\"",
            "must be a whole number that is not negative, is text",
        ),
    ];
    for (sound, damaged, message) in wrong {
        assert!(page().contains(sound), "{sound}");
        assert_eq!(fault(&page().replacen(sound, damaged, 1)).2, message);
    }
}

#[test]
fn what_json_and_yaml_may_read_differently_is_left_to_the_reference_reader() {
    for (sound, other) in [
        ("\"size\": \"-\"", "\"size\": 1e5"),
        ("\"size\": \"-\"", "\"size\": -0"),
        ("\"num_specs\": 1", "\"num_specs\": 01"),
        ("\"os\": \"rhel8\"", "\"os\": 'rhel8'"),
        ("\"os\": \"rhel8\"", "\"os\": \"rhel8\", \"os\": \"rhel8\""),
        ("zlib", "zl\u{ed}b"),
    ] {
        let read = read(&page().replace(sound, other));
        assert_eq!(read.declined.len(), 1, "{other}");
        assert_eq!((read.taken, read.damaged.len()), (0, 0));
    }
}

#[test]
fn each_identity_of_the_summary_is_checked_by_itself() {
    let contradictions = [
        (
            "\"compilers\": [\"gcc@13.2.0\"]",
            "\"compilers\": []",
            "compilers",
        ),
        ("\"num_specs\": 1", "\"num_specs\": 2", "num_specs"),
        ("{\"e4s\": 1,", "{\"e4s\": 2,", "num_specs_by_stack"),
        ("\"oss\": [\"rhel8\"]", "\"oss\": [\"rhel9\"]", "oss"),
        (
            "\"platforms\": [\"linux\"]",
            "\"platforms\": [\"darwin\", \"linux\"]",
            "platforms",
        ),
        (
            "\"stacks\": [\"e4s\", \"root\"], \"targets\"",
            "\"stacks\": [\"root\"], \"targets\"",
            "stacks",
        ),
        (
            "\"targets\": [\"zen4\"]",
            "\"targets\": [\"zen3\"]",
            "targets",
        ),
        (
            "\"versions\": [\"1.3.1\"]}\n",
            "\"versions\": [\"1.3.0\"]}\n",
            "versions",
        ),
    ];
    for (sound, other, identity) in contradictions {
        assert!(page().contains(sound), "{sound}");
        let read = read(&page().replacen(sound, other, 1));
        assert_eq!(read.taken, 1);
        let found: Vec<&str> = read
            .contradictions
            .iter()
            .map(|(_, each)| each.identity)
            .collect();
        assert_eq!(found, [identity]);
    }
}

#[test]
fn a_summary_in_another_order_contradicts_nothing() {
    let page = page().replace(
        "\"stacks\": [\"e4s\", \"root\"], \"targets\"",
        "\"stacks\": [\"root\", \"e4s\"], \"targets\"",
    );
    assert!(read(&page).contradictions.is_empty());
}

#[test]
fn a_summary_of_a_million_stacks_is_cut_short() {
    let stacks: Vec<String> = (0..1_000_000).map(|n| format!("\"{n}\": 1")).collect();
    let stacks = format!("{{{}, \"e4s\": 1,", stacks.join(", "));
    let read = read(&page().replace("{\"e4s\": 1,", &stacks));
    let [(_, contradiction)] = &read.contradictions[..] else {
        panic!("one contradiction");
    };
    assert!(contradiction.meta.len() < 10_000);
    assert!(contradiction.meta.contains("and 999"));
}

#[test]
fn values_of_another_reader_end_in_the_same_rows() {
    let page = page();
    let published = read(&page).rows.finish();
    let json = format!(
        r#"{{"title": "zlib", "categories": ["package", "develop"], "meta": {META}, "spec_details": [{SPEC}], "more": 1}}"#
    );
    let path = Path::new("specs.md");
    let referred = read_page_values("cache", [(path, json.as_str())]);
    assert_eq!(referred.taken, 1);
    let referred = referred.rows.finish();
    for column in [
        Column::Package,
        Column::Version,
        Column::Variants,
        Column::Stacks,
    ] {
        assert_eq!(referred.text(0, column), published.text(0, column));
    }
    let missing = read_page_values("cache", [(path, r#"{"title": "zlib"}"#)]);
    let [(_, fault)] = &missing.damaged[..] else {
        panic!("one fault");
    };
    assert_eq!(fault.to_string(), "categories: the key is missing");
}

/// A folder with the given files; a name with a slash makes folders.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn sources(read: PagesRead) -> Vec<String> {
    let catalog = read.rows.finish();
    let sources = catalog.names(Column::Source).iter();
    let name = |path: &str| PathBuf::from(path).file_name().unwrap().to_owned();
    sources
        .map(|path| name(path).into_string().unwrap())
        .collect()
}

#[test]
fn a_walk_finds_pages_by_name_or_by_layout_and_passes_over_the_rest() {
    let page = page();
    let folder = tree(&[
        ("_cache/develop/zlib/specs.md", &page),
        ("zlib.md", &page),
        ("other.md", "---\nlayout: table\n---"),
        ("README.md", "# about"),
        ("zlib.txt", &page),
        (".hidden/specs.md", "damaged"),
        ("_cache/.hidden.md", &page),
    ]);
    let read = read_pages(folder.path(), Limits::default());
    assert_eq!(
        (read.taken, read.damaged.len(), read.declined.len()),
        (2, 0, 0)
    );
    assert_eq!(sources(read), ["specs.md", "zlib.md"]);
}

#[test]
fn a_walk_ends_at_each_of_its_limits() {
    let page = page();
    let folder = tree(&[("a/b/c/specs.md", &page), ("a/specs.md", &page)]);
    let with = |limits: Limits| {
        let read = read_pages(folder.path(), limits);
        let faults: Vec<String> = read.damaged.iter().map(|(_, f)| f.to_string()).collect();
        (read.taken, faults)
    };
    let default = Limits::default();
    assert_eq!(with(default), (2, vec![]));
    let shallow = Limits {
        tree_depth: 2,
        ..default
    };
    assert_eq!(
        with(shallow),
        (1, vec!["is a folder more than 2 folders deep".to_owned()])
    );
    let few = Limits {
        tree_entries: 3,
        ..default
    };
    assert_eq!(with(few).1, ["holds more than 3 files and folders"]);
    let small = Limits {
        file_bytes: 100,
        ..default
    };
    assert_eq!(
        with(small),
        (0, vec!["has more than 100 bytes".to_owned(); 2])
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles_nor_without_end() {
    use std::os::unix::fs::symlink;

    let folder = tree(&[("real/specs.md", &page())]);
    symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
    let read = read_pages(folder.path(), Limits::default());
    assert_eq!((read.taken, read.damaged.len()), (2, 0));
    let none = Limits {
        tree_links: 0,
        ..Limits::default()
    };
    let read = read_pages(folder.path(), none);
    assert_eq!(
        read.damaged[0].1.to_string(),
        "holds more than 0 links to folders"
    );

    symlink(folder.path(), folder.path().join("real/up")).unwrap();
    let read = read_pages(folder.path(), Limits::default());
    assert!(!read.damaged.is_empty());
    for (path, fault) in &read.damaged {
        assert!(path.ends_with("up"));
        assert!(fault.to_string().contains("leads back to"), "{fault}");
    }
}
