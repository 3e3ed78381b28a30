package input

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A step is a file that is to be read, from a mark on.
type step struct {
	file *openFile
	from mark
}

// A finder looks for the files that belong to one input: the one at its path,
// and those that were rotated away from it and lie beside it.
type finder struct {
	path   string          // absolute
	inputs map[string]bool // the paths of all inputs; none of them is a rotated file of another
	wait   bool            // for the writers of named pipes
}

// resume returns what is to be read behind p: the rest of its file, under
// whatever name it is found, the files that came after it, and the one at the
// path. It reports whether the file of p is lost. Without an error there may be
// nothing to read: the path may be free for a moment.
func (f *finder) resume(p Position) (steps []step, lost bool, err error) {
	current, err := f.current()
	if err != nil {
		return nil, false, err
	}
	if current != nil && (!current.info.Mode().IsRegular() || current.id == p.id() && p.is(current)) {
		from := start
		if current.info.Mode().IsRegular() {
			from = p.mark()
		}
		return []step{{current, from}}, false, nil
	}
	rotated := f.rotated(p.id())
	old := p.choose(rotated)
	if old == nil && current != nil && p.Head.Len > 0 && p.is(current) { // a copy in its own place
		closeAll(rotated)
		return []step{{current, p.mark()}}, false, nil
	}
	since := p.Modified
	if old != nil {
		since = old.info.ModTime()
		steps = append(steps, step{old, p.mark()})
	}
	for _, c := range rotated {
		switch {
		case c == old:
		case isRotated(f.real(), c.Name()) && !c.info.ModTime().Before(since) && !p.wasRead(c):
			steps = append(steps, step{c, start})
		default:
			_ = c.Close()
		}
	}
	if current != nil {
		steps = append(steps, step{current, start})
	}
	return steps, old == nil && p.Offset > 0, nil
}

// after returns what came after the file of t: files that were rotated away
// meanwhile, and the one at the path. There is nothing as long as that is the
// file of t itself or the path is free.
func (f *finder) after(t trail) ([]step, error) {
	current, err := f.current()
	if current == nil || err != nil {
		return nil, err
	}
	p := t.position(start)
	if current.info.Mode().IsRegular() && current.id == t.id && len(t.head) > 0 && p.Head.begins(current.head) {
		_ = current.Close()
		return nil, nil
	}
	var steps []step
	if t.known() {
		for _, c := range f.rotated(fileID{}) {
			if c.info.ModTime().Before(t.modified) || p.wasRead(c) {
				_ = c.Close()
				continue
			}
			steps = append(steps, step{c, start})
		}
	}
	return append(steps, step{current, start}), nil
}

// current opens the file at the path; nil if there is none.
func (f *finder) current() (*openFile, error) {
	current, err := openPath(f.path, f.wait)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return current, err
}

// real returns the path without symbolic links.
func (f *finder) real() string {
	if real, err := filepath.EvalSymlinks(f.path); err == nil {
		return real
	}
	return f.path
}

// rotated opens the files beside the path that are rotated ones by their names,
// or have the given id, oldest first.
func (f *finder) rotated(id fileID) []*openFile {
	path := f.real()
	entries, _ := os.ReadDir(filepath.Dir(path)) // what cannot be read is not found
	var out []*openFile
	for _, e := range entries {
		name := filepath.Join(filepath.Dir(path), e.Name())
		if name == path || f.inputs[name] || !e.Type().IsRegular() {
			continue
		}
		if !isRotated(path, name) && !hasID(e, id) {
			continue
		}
		if o, err := openPath(name, false); err == nil {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b *openFile) int {
		return cmp.Or(a.info.ModTime().Compare(b.info.ModTime()), byNumber(a.Name(), b.Name()))
	})
	return out
}

func hasID(e fs.DirEntry, id fileID) bool {
	if id == (fileID{}) {
		return false
	}
	info, err := e.Info()
	return err == nil && identify(info) == id
}

// stamp is what rotation adds to a name: a number or a date.
const stamp = `[._-]\d[\dTZ:.+_-]*`

// isRotated reports whether a file called name looks as if it had been at path
// before: "app.log.1", "app.log-20240501.gz" or "app-2024-05-01.log" for "app.log".
func isRotated(path, name string) bool {
	base, ext := filepath.Base(path), filepath.Ext(path)
	stem := strings.TrimSuffix(base, ext)
	re := regexp.MustCompile(`^(?:` + regexp.QuoteMeta(base) + stamp + `|` +
		regexp.QuoteMeta(stem) + stamp + regexp.QuoteMeta(ext) + `)(?:\.gz|\.zst)?$`)
	return re.MatchString(filepath.Base(name))
}

// byNumber orders names of one time: ".2" is older than ".1", a date is older
// than a later one.
func byNumber(a, b string) int {
	m, errA := strconv.Atoi(numberOf(a))
	n, errB := strconv.Atoi(numberOf(b))
	const datelike = 1000
	if errA == nil && errB == nil && m < datelike && n < datelike {
		return cmp.Compare(n, m)
	}
	return cmp.Compare(a, b)
}

func numberOf(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	return strings.TrimPrefix(filepath.Ext(name), ".")
}

// id returns the file's id.
func (p Position) id() fileID { return fileID{p.Device, p.Inode} }

// choose returns the file of p among others: the same one, or else a copy of it,
// preferably one that is not compressed, and the newest of these.
func (p Position) choose(files []*openFile) *openFile {
	var found *openFile
	for _, f := range files {
		switch {
		case !p.is(f):
		case f.id == p.id() && f.id != fileID{}:
			return f
		case p.Head.Len > 0 && (found == nil || found.packed || !f.packed):
			found = f
		}
	}
	return found
}

func closeAll(files []*openFile) {
	for _, f := range files {
		_ = f.Close()
	}
}
