//! Files that may be sent along with an event: which kinds, how long, and how many.

/// How long a file may be: 4 MB (source: the SIGNL4 webhook).
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How many files one event may bring.
pub const MAX_FILES: usize = 10;

/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 255;

/// A file of an allowed kind and length.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// It is too long.
    #[error("a file may be as long as {MAX_BYTES} bytes")]
    TooLong,
    /// The end of its name says that it is of no kind that is taken.
    #[error("a file must be one of {}", endings())]
    Kind,
    /// What is in it is not of the kind that its name says.
    #[error("what is in the file is not what the end of its name says")]
    Content,
}

impl FileRefused {
    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "file_too_large",
            Self::Kind => "file_type",
            Self::Content => "file_content",
        }
    }
}

impl File {
    /// A file under the name that its sender gave it; what it is follows from the end of that name and from what is in
    /// it, and not from what the sender calls it.
    pub fn new(name: &str, bytes: Vec<u8>) -> Result<Self, FileRefused> {
        let name = bare(name);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let kind = KINDS.iter().find(|kind| kind.endings.iter().any(|one| one.eq_ignore_ascii_case(ending)));
        let kind = kind.ok_or(FileRefused::Kind)?;
        if bytes.len() > MAX_BYTES {
            return Err(FileRefused::TooLong);
        }
        if !(kind.is_that)(&bytes) {
            return Err(FileRefused::Content);
        }
        Ok(Self { name, media_type: kind.media_type, bytes })
    }

    /// As the sender named it, without a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its media type, as `image/png`.
    pub const fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// What is in it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same, taken out.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// A kind of file.
struct Kind {
    endings: &'static [&'static str],
    media_type: &'static str,
    is_that: fn(&[u8]) -> bool,
}

/// What is taken (source: the SIGNL4 webhook's list of attachments).
const KINDS: [Kind; 13] = [
    Kind { endings: &["png"], media_type: "image/png", is_that: |it| it.starts_with(b"\x89PNG\r\n\x1a\n") },
    Kind {
        endings: &["tiff", "tif"],
        media_type: "image/tiff",
        is_that: |it| it.starts_with(b"II*\0") || it.starts_with(b"MM\0*"),
    },
    Kind {
        endings: &["jpeg", "jpg"],
        media_type: "image/jpeg",
        is_that: |it| it.starts_with(b"\xff\xd8\xff"),
    },
    Kind {
        endings: &["gif"],
        media_type: "image/gif",
        is_that: |it| it.starts_with(b"GIF87a") || it.starts_with(b"GIF89a"),
    },
    Kind { endings: &["bmp"], media_type: "image/bmp", is_that: |it| it.starts_with(b"BM") },
    Kind { endings: &["mp3"], media_type: "audio/mpeg", is_that: is_mp3 },
    Kind {
        endings: &["wav"],
        media_type: "audio/wav",
        is_that: |it| it.starts_with(b"RIFF") && has(it, 8, b"WAVE"),
    },
    Kind {
        endings: &["aiff"],
        media_type: "audio/aiff",
        is_that: |it| it.starts_with(b"FORM") && (has(it, 8, b"AIFF") || has(it, 8, b"AIFC")),
    },
    Kind { endings: &["m4a"], media_type: "audio/mp4", is_that: |it| has(it, 4, b"ftyp") },
    Kind { endings: &["mp4"], media_type: "video/mp4", is_that: |it| has(it, 4, b"ftyp") },
    Kind { endings: &["mov"], media_type: "video/quicktime", is_that: is_mov },
    Kind { endings: &["txt"], media_type: "text/plain", is_that: is_text },
    // Readers of PDF look for its mark in the first kilobyte.
    Kind {
        endings: &["pdf"],
        media_type: "application/pdf",
        is_that: |it| it.windows(5).take(1024).any(|five| five == b"%PDF-"),
    },
];

fn has(bytes: &[u8], at: usize, mark: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(mark))
}

/// A tag, or a frame of sound: eleven bits that are set.
fn is_mp3(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ID3") || matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0)
}

/// Old ones begin with any atom.
fn is_mov(bytes: &[u8]) -> bool {
    [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"].into_iter().any(|atom| has(bytes, 4, atom))
}

/// No program and no picture does without a zero byte; a text in UTF-16 says so in its first bytes.
fn is_text(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || !bytes.contains(&0)
}

fn endings() -> String {
    let all: Vec<_> = KINDS.iter().flat_map(|kind| kind.endings).copied().collect();
    all.join(", ")
}

/// A name without a path, and without what would break a header or a line.
fn bare(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let all: Vec<char> = name.chars().filter(|c| !c.is_control()).collect();
    // The end says what it is.
    all.get(all.len().saturating_sub(LONGEST_NAME)..).unwrap_or_default().iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn kind(name: &str, bytes: &[u8]) -> Result<&'static str, FileRefused> {
        File::new(name, bytes.to_vec()).map(|file| file.media_type())
    }

    #[test]
    fn s24_four_megabytes_and_not_one_byte_more() {
        let mut bytes = PNG.to_vec();
        bytes.resize(MAX_BYTES, 0);
        assert_eq!(kind("a.png", &bytes), Ok("image/png"));
        bytes.push(0);
        assert_eq!(kind("a.png", &bytes), Err(FileRefused::TooLong));
    }

    #[test]
    fn s24_every_kind_by_the_end_of_its_name_and_by_what_is_in_it() {
        for (name, bytes, wanted) in [
            ("a.png", PNG, "image/png"),
            ("a.TIF", b"II*\0", "image/tiff"),
            ("a.tiff", b"MM\0*", "image/tiff"),
            ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
            ("a.jpeg", b"\xff\xd8\xff\xe1", "image/jpeg"),
            ("a.gif", b"GIF89a", "image/gif"),
            ("a.bmp", b"BM", "image/bmp"),
            ("a.mp3", b"\xff\xfb\x90", "audio/mpeg"),
            ("a.mp3", b"ID3\x04", "audio/mpeg"),
            ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
            ("a.aiff", b"FORM\0\0\0\0AIFF", "audio/aiff"),
            ("a.m4a", b"\0\0\0\x20ftypM4A ", "audio/mp4"),
            ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4"),
            ("a.mov", b"\0\0\0\x08wide", "video/quicktime"),
            ("a.txt", b"hello", "text/plain"),
            ("a.txt", b"\xff\xfeh\0i\0", "text/plain"),
            ("a.b.pdf", b"\n%PDF-1.7", "application/pdf"),
        ] {
            assert_eq!(kind(name, bytes), Ok(wanted), "{name}");
        }
    }

    #[test]
    fn s24_programs_are_refused_under_whatever_name() {
        let program = b"MZ\x90\0\x03\0\0\0";
        for name in ["setup.exe", "setup", "exe", "a.png.exe", "", "a.svg", "a.html"] {
            assert_eq!(kind(name, program), Err(FileRefused::Kind), "{name}");
        }
        for name in ["a.png", "a.txt", "a.pdf", "a.mp3", "a.wav", "a.mov"] {
            assert_eq!(kind(name, program), Err(FileRefused::Content), "{name}");
        }
    }

    #[test]
    fn a_name_has_no_path_and_breaks_no_line() {
        let name = |name: &str| File::new(name, PNG.to_vec()).map(|file| file.name().to_owned());
        assert_eq!(name("C:\\photos\\a.png").as_deref(), Ok("a.png"));
        assert_eq!(name("../../etc/a\r\nb.png").as_deref(), Ok("ab.png"));
        let long = name(&("ü".repeat(300) + ".png")).unwrap();
        assert!(long.chars().count() == LONGEST_NAME && long.ends_with("ü.png"), "{long}");
    }
}
