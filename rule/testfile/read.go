package testfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// maxFileSize is the size in bytes of the largest file that is read.
const maxFileSize = 16 << 20

// maxProblems bounds the problems reported for one file.
const maxProblems = 50

// Read reads the test file called name and the files of events that it names.
// The error is a source.List with every problem found; the File is nil then.
func Read(fsys fs.FS, name string) (*File, error) { return ReadAs(fsys, name, name) }

// ReadAs is Read for a file that problems and places are to call by another
// name, such as its path on the machine.
func ReadAs(fsys fs.FS, name, shown string) (*File, error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, source.List{{File: &source.File{Name: shown}, Code: "test-unreadable", Msg: "cannot read: " + reason(err)}}
	}
	top, src, err := rule.ReadTOML(shown, data)
	if err != nil {
		var e *source.Error
		errors.As(err, &e)
		return nil, source.List{e}
	}
	r := &reader{fsys: fsys, dir: path.Dir(name), shownDir: path.Dir(shown), src: src, start: DefaultStart, bases: map[string]*base{}}
	f := r.file(top)
	f.Path = shown
	r.problems.Sort()
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return f, nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(data) > maxFileSize {
		err = fmt.Errorf("the file is larger than the limit of %d bytes", maxFileSize)
	}
	return data, err
}

// reason returns what went wrong, without the path.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}

// A reader turns one test file into a File.
type reader struct {
	fsys          fs.FS
	dir, shownDir string // where the names of files start from
	src           *source.File
	problems      source.List
	start         time.Time
	bases         map[string]*base
}

func (r *reader) errorf(at source.Span, format string, args ...any) *source.Error {
	e := &source.Error{File: r.src, Span: at, Code: "test-file", Msg: fmt.Sprintf(format, args...)}
	if len(r.problems) < maxProblems {
		r.problems.Add(e)
	}
	return e
}

// known reports the keys of t that are none of allowed.
func (r *reader) known(t *rule.Table, what string, allowed ...string) {
	for _, k := range t.Keys {
		if slices.Contains(allowed, k) {
			continue
		}
		e := r.errorf(t.Items[k].Key, "unknown key %s%s", clip(k), what)
		if near := source.Nearest(clip(k), allowed); near != "" {
			e.Hint = "did you mean " + near + "?"
		} else {
			e.Hint = "it has " + strings.Join(allowed, ", ")
		}
	}
}

// clip shortens a name that no person would have given.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// get returns the value of type T at key; zero, reported if there is another.
func get[T any](r *reader, t *rule.Table, key, want string) (v T, n *rule.Node) {
	n = t.Items[key]
	if n == nil {
		return v, nil
	}
	v, ok := n.Value.(T)
	if !ok {
		r.errorf(n.Span, "%s must be %s", key, want)
		return v, nil
	}
	return v, n
}

func (r *reader) file(top *rule.Table) *File {
	f := &File{Source: r.src}
	r.known(top, "", "start", "base", "bases", "case")
	r.start = r.time(top, r.start)
	r.readBases(top)
	cases, n := get[[]*rule.Node](r, top, "case", "a list of tables, written [[case]]")
	if n == nil && top.Items["case"] == nil {
		r.errorf(source.SpanAt(0, 0), "the file has no case").Hint = "write [[case]]"
	}
	names := map[string]source.Span{}
	for _, n := range cases {
		t, ok := n.Value.(*rule.Table)
		if !ok {
			r.errorf(n.Span, "a case must be a table, written [[case]]")
			continue
		}
		c := r.readCase(t)
		if first, ok := names[c.Name]; ok && c.Name != "" {
			r.errorf(c.Span, "the name %q is already that of the case on line %d", clip(c.Name), r.src.Position(first.Start).Line)
		}
		names[c.Name] = c.Span
		f.Cases = append(f.Cases, c)
	}
	return f
}

// path returns the path of a file that is named beside the test file.
func (r *reader) path(dir, name string, at source.Span) string {
	p := path.Join(dir, name)
	if name == "" || path.IsAbs(name) || !fs.ValidPath(p) {
		r.errorf(at, "%q is not the path of a file in the folder of the tests or below it", clip(name))
	}
	return p
}

// time reads the key start.
func (r *reader) time(t *rule.Table, otherwise time.Time) time.Time {
	n := t.Items["start"]
	if n == nil {
		return otherwise
	}
	switch v := n.Value.(type) {
	case time.Time:
		return v.UTC()
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UTC()
		}
	}
	r.errorf(n.Span, "start must be a time such as 2026-01-31T12:00:00Z")
	return otherwise
}

func (r *reader) readCase(t *rule.Table) *Case {
	c := &Case{Span: t.Span, Start: r.time(t, r.start)}
	r.known(t, " of a case", "name", "events", "alerts", "golden", "start", "query", "close")
	name, n := get[string](r, t, "name", "a string")
	if c.Name = strings.TrimSpace(name); c.Name == "" && (n != nil || t.Items["name"] == nil) {
		r.errorf(t.Span, "a case needs a name")
	}
	if q, n := get[int64](r, t, "query", "a number from 1"); n != nil {
		if q < 1 || q > 1<<16 {
			r.errorf(n.Span, "query must be a number from 1")
		}
		c.Query = int(q - 1)
	}
	if closed, n := get[bool](r, t, "close", "true or false"); n != nil {
		c.Open = !closed
	}
	c.Golden, _ = get[bool](r, t, "golden", "true or false")
	r.events(c, t)
	alerts := t.Items["alerts"]
	switch {
	case alerts == nil && !c.Golden:
		r.errorf(t.Span, "the case expects nothing").Hint = "write alerts = [...] (alerts = 0 for none), or golden = true"
	case alerts != nil && c.Golden:
		r.errorf(alerts.Key, "a case has either alerts or golden = true")
	case alerts != nil:
		c.Alerts = r.alerts(c, alerts)
	}
	return c
}
