//! Files written whole or not at all.

use std::fs;
use std::path::Path;

use crate::sample::{build, record, table};
use crate::{Error, Table};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let entries = fs::read_dir(folder)?;
    entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

#[test]
fn a_file_comes_back_and_is_replaced() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("t.nbz");
    table().write(&path)?;
    assert_eq!(Table::open(&path)?, table());
    let other = build(&[record("r1:8:16x1s2", 0, 50.0)])?;
    other.write(&path)?;
    assert_eq!(Table::open(&path)?, other);
    assert_eq!(names(folder.path())?, ["t.nbz"]);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_file_can_be_read_by_others() -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let (path, plain) = (folder.path().join("t.nbz"), folder.path().join("plain"));
    table().write(&path)?;
    fs::write(&plain, "")?;
    assert_eq!(
        fs::metadata(path)?.permissions().mode(),
        fs::metadata(plain)?.permissions().mode()
    );
    Ok(())
}

#[test]
fn missing_and_empty_files_are_named() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("t.nbz");
    let error = Table::open(&path).expect_err("missing");
    assert!(matches!(error, Error::NotFound { .. }));
    assert_eq!(
        error.to_string(),
        format!("{} does not exist: check the path", path.display())
    );
    fs::write(&path, "")?;
    let error = Table::open(&path).expect_err("empty");
    assert!(
        matches!(
            error,
            Error::Truncated {
                expected: 24,
                actual: 0,
                ..
            }
        ),
        "{error}"
    );
    assert!(matches!(
        Table::open(folder.path()),
        Err(Error::Folder { .. })
    ));
    Ok(())
}

#[test]
fn a_target_that_is_a_folder_is_left_alone() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("t.nbz");
    fs::create_dir(&path)?;
    fs::write(path.join("inside"), "kept")?;
    assert!(matches!(table().write(&path), Err(Error::Io { .. })));
    assert_eq!(fs::read_to_string(path.join("inside"))?, "kept");
    assert_eq!(names(folder.path())?, ["t.nbz"]);
    Ok(())
}

#[test]
fn a_missing_folder_is_an_error() -> Outcome {
    let folder = tempfile::tempdir()?;
    let error = table()
        .write(folder.path().join("no/t.nbz"))
        .expect_err("no such folder");
    assert!(error.to_string().starts_with("cannot write "), "{error}");
    assert!(names(folder.path())?.is_empty());
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_folder_without_write_permission_keeps_its_file() -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("t.nbz");
    table().write(&path)?;
    let before = fs::read(&path)?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555))?;
    // The superuser may write everywhere.
    let obeyed = fs::write(folder.path().join("probe"), "").is_err();
    if obeyed {
        let other = build(&[record("r1:8:16x1s2", 0, 50.0)])?;
        assert!(matches!(other.write(&path), Err(Error::Io { .. })));
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    assert_eq!(fs::read(&path)?, before);
    Ok(())
}

#[test]
fn a_table_too_large_to_be_read_is_not_written() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("t.nbz");
    table().write(&path)?;
    let mut huge = record("r1:8:16x1s2", 0, 50.0);
    huge.recipe_details = "x".repeat(crate::MAX_PAYLOAD + 1);
    assert!(matches!(
        build(&[huge])?.write(&path),
        Err(Error::TooLarge { .. })
    ));
    assert_eq!(Table::open(&path)?, table());
    Ok(())
}
