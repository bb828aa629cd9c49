//! The source files of a folder.

use super::checker::is_test;
use super::place::Place;
use std::path::{Path, PathBuf};
use syn::Item;

/// A source file; its path starts at the package's folder.
pub(super) struct SourceFile {
    pub(super) path: String,
    pub(super) text: String,
}

impl SourceFile {
    pub(super) fn place(&self) -> Place {
        Place::of_file(&self.path)
    }
}

pub(super) struct Files {
    pub(super) all: Vec<SourceFile>,
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn exists(path: &str) -> bool {
    package().join(path).exists()
}

impl Files {
    /// Every source file below a folder of the package, sorted.
    pub(super) fn below(folder: &str) -> Self {
        let mut folders = vec![package().join(folder)];
        let mut paths: Vec<PathBuf> = vec![];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    paths.push(path);
                }
            }
        }
        paths.sort();
        let all = paths
            .iter()
            .map(|path| SourceFile {
                path: path.strip_prefix(package()).unwrap().to_string_lossy().into_owned(),
                text: std::fs::read_to_string(path).unwrap(),
            })
            .collect();
        Self { all }
    }

    pub(super) fn read(&self, path: &str) -> String {
        self.all.iter().find(|file| file.path == path).unwrap().text.clone()
    }

    /// The modules that are compiled for tests only and have a file of their own.
    pub(super) fn test_modules(&self) -> Vec<Place> {
        let mut modules = vec![];
        for file in &self.all {
            for item in syn::parse_file(&file.text).unwrap().items {
                if let Item::Mod(module) = item
                    && module.content.is_none()
                    && is_test(&module.attrs)
                {
                    modules.push(file.place().child(&module.ident.to_string()));
                }
            }
        }
        modules
    }
}
