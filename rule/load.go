package rule

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// DefaultMaxFileSize is the size in bytes of the largest file that is read
// unless a Loader says otherwise.
const DefaultMaxFileSize = 4 << 20

// TestSuffix ends the names of files with the tests of a rule; see package
// testfile. Unless they hold rules, they are passed over in a folder, and a named one is
// among Set.Skipped.
const TestSuffix = "_test.toml"

// A Loader reads rule files. Its zero value is ready to use, and it is safe for
// concurrent use.
type Loader struct {
	// MaxFileSize is the size in bytes of the largest file to read; zero means
	// DefaultMaxFileSize. Larger files are problems of the set.
	MaxFileSize int
}

// Load reads rule files with the default Loader.
func Load(paths ...string) *Set { return Loader{}.Load(paths...) }

// LoadFS reads rule files of a file system with the default Loader.
func LoadFS(fsys fs.FS, roots ...string) *Set { return Loader{}.LoadFS(fsys, roots...) }

// Parse reads one rule file with the default Loader.
func Parse(name string, data []byte) *Set { return Loader{}.Parse(name, data) }

// Load reads the named files, whatever they are called, and all *.toml files
// below the named folders that Walk finds; a file is read once. It never stops at
// a bad file: what cannot be read is among the problems of the set.
func (l Loader) Load(paths ...string) *Set {
	var files finder
	for _, p := range paths {
		p = filepath.Clean(p)
		if info, err := os.Stat(p); err == nil && info.IsDir() {
			files.folder(os.DirFS(p), ".", func(below string) string { return filepath.Join(p, filepath.FromSlash(below)) })
		} else {
			files.named(p, err)
		}
	}
	return l.load(&files, func(name string) (fs.File, error) { return os.Open(name) })
}

// LoadFS is Load for the files and folders of fsys; without roots it reads the
// whole of it.
func (l Loader) LoadFS(fsys fs.FS, roots ...string) *Set {
	if len(roots) == 0 {
		roots = []string{"."}
	}
	var files finder
	for _, p := range roots {
		p = path.Clean(p)
		if info, err := fs.Stat(fsys, p); err == nil && info.IsDir() {
			files.folder(fsys, p, func(below string) string { return below })
		} else {
			files.named(p, err)
		}
	}
	return l.load(&files, fsys.Open)
}

// Parse reads one rule file from memory. The name stands for its path.
func (l Loader) Parse(name string, data []byte) *Set {
	var b builder
	if len(data) > l.limit() {
		b.problems.Add(problem(tooLarge, name, l.tooLarge()))
	} else {
		b.add(name, data, true)
	}
	return b.set()
}

// maxSize keeps offsets within the range of source.Pos.
const maxSize = 1 << 30

func (l Loader) limit() int {
	if l.MaxFileSize <= 0 {
		return DefaultMaxFileSize
	}
	return min(l.MaxFileSize, maxSize)
}

func (l Loader) tooLarge() string {
	return fmt.Sprintf("the file is larger than the limit of %d bytes", l.limit())
}

func (l Loader) load(files *finder, open func(string) (fs.File, error)) *Set {
	b := builder{problems: files.problems}
	var room []byte // for one file after the other
	for _, f := range files.sorted() {
		data, err := readFile(open, f.path, l.limit(), room)
		room = data[:0]
		switch {
		case err != nil:
			b.problems.Add(problem(unreadable, f.path, "cannot read: "+reason(err)))
		case len(data) > l.limit():
			b.problems.Add(problem(tooLarge, f.path, l.tooLarge()))
		default:
			b.add(f.path, data, f.named)
		}
	}
	return b.set()
}

// readFile reads a file, but not more than one byte beyond the limit. It takes the
// memory of room, or more, for it.
func readFile(open func(string) (fs.File, error), name string, limit int, room []byte) ([]byte, error) {
	data := room[:0]
	f, err := open(name)
	if err != nil {
		return data, err
	}
	defer func() { _ = f.Close() }() // it was only read
	for len(data) <= limit {
		if len(data) == cap(data) {
			data = slices.Grow(data, max(cap(data), 16<<10))
		}
		n, err := f.Read(data[len(data):min(cap(data), limit+1)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return data, err
		}
	}
	return data, nil
}

// reason returns what went wrong, without the path that the problem has anyway.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}

// A finder collects the files to read.
type finder struct {
	files    []found
	problems source.List
}

type found struct {
	path  string
	named bool // by the caller, rather than found in a folder
}

// named adds a file, or the reason why there is none.
func (f *finder) named(p string, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.fail(p, "there is no such file or folder")
	case err != nil:
		f.fail(p, "cannot read: "+reason(err))
	default:
		f.files = append(f.files, found{p, true})
	}
}

func (f *finder) fail(p, msg string) { f.problems.Add(problem(unreadable, p, msg)) }

// folder adds the TOML files below root.
func (f *finder) folder(fsys fs.FS, root string, name func(string) string) {
	before := len(f.files) + len(f.problems)
	Walk(fsys, root, func(p string, e fs.DirEntry, err error) {
		isTOML := strings.EqualFold(path.Ext(p), ".toml")
		switch {
		case errors.Is(err, errLinkedFolder):
			f.problems.Add(problem(notFollowed, name(p), "a link to a folder is not followed; name it to have it read"))
		case err != nil && (isTOML || e == nil || e.IsDir()):
			f.fail(name(p), "cannot read: "+reason(err))
		case isTOML:
			f.files = append(f.files, found{name(p), false})
		}
	})
	if len(f.files)+len(f.problems) == before {
		f.problems.Add(problem(nothingFound, name(root), "the folder holds no *.toml file"))
	}
}

// sorted returns the files in order of path, each once.
func (f *finder) sorted() []found {
	slices.SortStableFunc(f.files, func(a, b found) int {
		if c := strings.Compare(a.path, b.path); c != 0 {
			return c
		}
		if a.named == b.named {
			return 0
		}
		if a.named {
			return -1
		}
		return 1
	})
	return slices.CompactFunc(f.files, func(a, b found) bool { return a.path == b.path })
}
