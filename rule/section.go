package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// maxProblems bounds the problems reported for one file.
const maxProblems = 100

// A report collects the problems of one file.
type report struct {
	doc      *document
	problems source.List
	failed   bool // there is an error among them
}

func (r *report) add(k kind, at source.Span, msg, hint string) {
	r.failed = r.failed || k.Severity == source.Err
	switch n := len(r.problems); {
	case n < maxProblems:
		r.problems.Add(&source.Error{File: r.doc.file, Span: at, Severity: k.Severity, Code: k.Code, Msg: msg, Hint: hint})
	case n == maxProblems:
		r.problems.Add(&source.Error{
			File: r.doc.file, Span: at, Severity: tooMany.Severity, Code: tooMany.Code,
			Msg: "the file has more problems than these",
		})
	}
}

// A section reads one table by key. It keeps track of what was read, so that
// close can tell what was left over.
type section struct {
	report *report
	table  *table
	path   string // dotted, for messages; "" for the whole file
	parent *section
	key    string // under parent
	// asked has every key that the layout knows, and whether the value found
	// there went into the rule.
	asked map[string]bool
}

func newSection(r *report, t *table, path string) *section {
	return &section{report: r, table: t, path: path, asked: map[string]bool{}}
}

// ask returns the item at key, or nil, and makes key a known one.
func (s *section) ask(key string) *item {
	it := s.table.items[key]
	s.asked[key] = it != nil
	return it
}

// known names keys that are all right but that no field holds.
func (s *section) known(keys ...string) {
	for _, k := range keys {
		s.asked[k] = false
	}
}

// refuse reports a value of the wrong type and leaves it to Extra.
func (s *section) refuse(key string, it *item, want string) {
	s.asked[key] = false
	s.report.add(wrongType, it.span, fmt.Sprintf("%s is %s, not %s", s.name(key), typeName(it.val), want), "")
}

// name returns the dotted path of key.
func (s *section) name(key string) string {
	if s.path == "" {
		return key
	}
	return s.path + "." + key
}

func typeName(v any) string {
	switch v := v.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case bool:
		return "a boolean"
	case *table:
		return "a table"
	case *array:
		if v.headers {
			return "a list of tables"
		}
		return "a list"
	default:
		return "a date or time"
	}
}

func (s *section) text(key string) string { return scalar[string](s, key, "a string") }
func (s *section) flag(key string) bool   { return scalar[bool](s, key, "true or false") }

// integer reports also whether there is one.
func (s *section) integer(key string) (int, bool) {
	n := scalar[int64](s, key, "an integer")
	if int64(int(n)) != n {
		s.refuse(key, s.table.items[key], "one of this machine's size")
		return 0, false
	}
	return int(n), s.asked[key]
}

// scalar returns the value at key, or zero when there is none of type T.
func scalar[T string | bool | int64](s *section, key, want string) T {
	var zero T
	it := s.ask(key)
	if it == nil {
		return zero
	}
	v, ok := it.val.(T)
	if !ok {
		s.refuse(key, it, want)
	}
	return v
}

// list returns the list of strings at key. It takes a plain string for a list of
// one, with a warning.
func (s *section) list(key string) []string {
	if it := s.table.items[key]; it != nil {
		if _, ok := it.val.(string); ok {
			s.report.add(notList, it.span, s.name(key)+" is a string, not a list of strings", "write it in brackets")
		}
	}
	return s.words(key)
}

// words is list for a key where a plain string is as good.
func (s *section) words(key string) []string {
	const want = "a list of strings"
	it := s.ask(key)
	if it == nil {
		return nil
	}
	switch v := it.val.(type) {
	case string:
		return []string{v}
	case *array:
		out := make([]string, 0, len(v.items))
		for _, e := range v.items {
			text, ok := e.val.(string)
			if !ok {
				s.asked[key] = false
				s.report.add(wrongType, e.span, fmt.Sprintf("%s holds %s, not only strings", s.name(key), typeName(e.val)), "")
				return nil
			}
			out = append(out, text)
		}
		return out
	}
	s.refuse(key, it, want)
	return nil
}

// sub returns the table at key, or nil. Close it.
func (s *section) sub(key string) *section {
	it := s.ask(key)
	if it == nil {
		return nil
	}
	t, ok := it.val.(*table)
	if !ok {
		s.refuse(key, it, "a table")
		return nil
	}
	return s.child(key, t)
}

// tables returns the list of tables at key. Close each.
func (s *section) tables(key string) []*section {
	const want = "a list of tables"
	it := s.ask(key)
	if it == nil {
		return nil
	}
	a, ok := it.val.(*array)
	if !ok {
		s.refuse(key, it, want)
		return nil
	}
	out := make([]*section, 0, len(a.items))
	for _, e := range a.items {
		t, ok := e.val.(*table)
		if !ok {
			s.asked[key] = false
			s.report.add(wrongType, e.span, fmt.Sprintf("%s holds %s, not only tables", s.name(key), typeName(e.val)), "")
			return nil
		}
		out = append(out, s.child(key, t))
	}
	return out
}

func (s *section) child(key string, t *table) *section {
	sub := newSection(s.report, t, s.name(key))
	sub.parent, sub.key = s, key
	return sub
}

// close reports the keys that nobody asked for. If values are left over, the
// parent keeps the whole table for Extra.
func (s *section) close() {
	if rest := s.rest(); rest != nil && s.parent != nil {
		s.parent.asked[s.key] = false
	}
}

// rest reports the keys that nobody asked for, and returns every value that was
// left over. It returns nil when there is none.
func (s *section) rest() map[string]any {
	var unknown []string
	var out map[string]any
	for k, it := range s.table.items {
		used, known := s.asked[k]
		if used {
			continue
		}
		if !known {
			unknown = append(unknown, k)
		}
		if out == nil {
			out = map[string]any{}
		}
		out[k] = it.raw()
	}
	if len(unknown) > 0 {
		s.reportUnknown(unknown)
	}
	return out
}

func (s *section) reportUnknown(keys []string) {
	items := s.table.items
	slices.SortFunc(keys, func(a, b string) int { return int(items[a].key.Start) - int(items[b].key.Start) })
	candidates := make([]string, 0, len(s.asked))
	for k := range s.asked {
		candidates = append(candidates, k)
	}
	slices.Sort(candidates)
	for _, k := range keys {
		if len(s.report.problems) > maxProblems {
			return
		}
		hint := ""
		if near := source.Nearest(head(k), candidates); near != "" {
			hint = "did you mean " + near + "?"
		}
		s.report.add(unknownKey, items[k].key, "unknown key "+s.name(head(k)), hint)
	}
}

// head shortens a name that no person would have given.
func head(s string) string {
	const limit = 60
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "..."
}
