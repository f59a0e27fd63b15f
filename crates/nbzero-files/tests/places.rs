//! What may be written over, and what stays.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use nbzero_files::{check_place, read_whole, write_whole};
use tempfile::TempDir;

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_file_is_replaced_and_nothing_is_left_beside_it() {
    let folder = TempDir::new().unwrap();
    let (path, plain) = (folder.path().join("a"), folder.path().join("plain"));
    write_whole(&path, b"old").unwrap();
    write_whole(&path, b"new").unwrap();
    fs::write(&plain, "").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(entries(folder.path()), 2);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&path), mode(&plain));
}

#[test]
fn links_are_followed_and_stay() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("inside")).unwrap();
    fs::write(at("inside/target"), "old").unwrap();
    symlink("inside/target", at("link")).unwrap();
    symlink("link", at("second")).unwrap();
    symlink("inside/later", at("dangling")).unwrap();
    write_whole(&at("second"), b"new").unwrap();
    write_whole(&at("dangling"), b"new").unwrap();
    assert!(at("second").is_symlink() && at("link").is_symlink() && at("dangling").is_symlink());
    for name in ["inside/target", "inside/later"] {
        assert_eq!(fs::read(at(name)).unwrap(), b"new");
    }
    symlink("b", at("a")).unwrap();
    symlink("a", at("b")).unwrap();
    assert!(
        write_whole(&at("a"), b"new")
            .unwrap_err()
            .to_string()
            .contains("circle")
    );
}

#[test]
fn what_is_no_file_is_refused_and_stays() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("socket");
    let _open = UnixListener::bind(&socket).unwrap();
    for (path, part) in [
        (Path::new("/dev/null"), "a device or a pipe"),
        (&socket, "a device or a pipe"),
        (folder.path(), "a folder"),
    ] {
        for refused in [write_whole(path, b"x"), check_place(path)] {
            assert!(
                refused.unwrap_err().to_string().contains(part),
                "{}",
                path.display()
            );
        }
    }
    assert!(
        fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
    assert!(fs::metadata(&socket).unwrap().file_type().is_socket());
    let missing = folder.path().join("no/file");
    assert_eq!(
        write_whole(&missing, b"x").unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        check_place(&missing).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(entries(folder.path()), 1);
}

#[test]
fn what_has_no_end_is_not_read() {
    let error = read_whole(Path::new("/dev/zero")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(read_whole(Path::new("/dev/null")).unwrap().is_empty());
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a");
    write_whole(&path, b"all of it").unwrap();
    assert_eq!(read_whole(&path).unwrap(), b"all of it");
}
