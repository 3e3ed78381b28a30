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
	sections *pile[section]
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

// A section reads one table by key. The items of the table keep track of what was
// read, so that close can tell what was left over.
type section struct {
	report *report
	table  *table
	parent *section // nil for the whole file
	key    string   // under parent
	asked  []string // the keys that the layout knows
}

func (r *report) section(t *table, parent *section, key string) *section {
	s := r.sections.next()
	*s = section{report: r, table: t, parent: parent, key: key, asked: s.asked[:0]}
	return s
}

// ask returns the item at key, or nil, and makes key a known one.
func (s *section) ask(key string) *item {
	s.asked = append(s.asked, key)
	it := s.table.get(key)
	if it != nil {
		it.fate = used
	}
	return it
}

// known names keys that are all right but that no field holds.
func (s *section) known(keys ...string) {
	for _, k := range keys {
		s.ask(k)
		s.leave(k)
	}
}

// leave leaves the value at key to Extra.
func (s *section) leave(key string) {
	if it := s.table.get(key); it != nil {
		it.fate = known
	}
}

// refuse reports a value of the wrong type and leaves it to Extra.
func (s *section) refuse(key string, it *item, want string) {
	it.fate = known
	s.report.add(wrongType, it.span, fmt.Sprintf("%s is %s, not %s", s.name(key), typeName(it.val), want), "")
}

// name returns the dotted path of key.
func (s *section) name(key string) string {
	if s.parent == nil {
		return key
	}
	return s.parent.name(s.key) + "." + key
}

// typeName names the type of the value of an item.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
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

func (s *section) text(key string) string {
	it := s.ask(key)
	if it == nil {
		return ""
	}
	text, ok := it.str()
	if !ok {
		s.refuse(key, it, "a string")
	}
	return text
}

func (s *section) flag(key string) bool {
	v, _ := scalar[bool](s, key, "true or false")
	return v
}

// integer reports also whether there is one.
func (s *section) integer(key string) (int, bool) {
	n, ok := scalar[int64](s, key, "an integer")
	if int64(int(n)) != n {
		s.refuse(key, s.table.get(key), "one of this machine's size")
		return 0, false
	}
	return int(n), ok
}

// scalar returns the value at key, and whether there is one of type T.
func scalar[T bool | int64](s *section, key, want string) (T, bool) {
	var zero T
	it := s.ask(key)
	if it == nil {
		return zero, false
	}
	v, ok := it.val.(T)
	if !ok {
		s.refuse(key, it, want)
	}
	return v, ok
}

// list returns the list of strings at key. It takes a plain string for a list of
// one, with a warning.
func (s *section) list(key string) []string {
	if it := s.table.get(key); it != nil {
		if _, ok := it.str(); ok {
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
	case nil:
		return []string{it.text}
	case *array:
		out := make([]string, 0, len(v.items))
		for _, e := range v.items {
			text, ok := e.str()
			if !ok {
				it.fate = known
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
			it.fate = known
			s.report.add(wrongType, e.span, fmt.Sprintf("%s holds %s, not only tables", s.name(key), typeName(e.val)), "")
			return nil
		}
		out = append(out, s.child(key, t))
	}
	return out
}

func (s *section) child(key string, t *table) *section {
	return s.report.section(t, s, key)
}

// close reports the keys that nobody asked for. If values are left over, the
// parent keeps the whole table for Extra.
func (s *section) close() {
	if rest := s.rest(); rest != nil && s.parent != nil {
		s.parent.leave(s.key)
	}
}

// rest reports the keys that nobody asked for, and returns every value that was
// left over. It returns nil when there is none.
func (s *section) rest() map[string]any {
	var strange []*item
	var out map[string]any
	for _, it := range s.table.items {
		switch it.fate {
		case used:
			continue
		case unknown:
			strange = append(strange, it)
		}
		if out == nil {
			out = map[string]any{}
		}
		out[it.name] = it.raw()
	}
	if len(strange) > 0 {
		s.reportUnknown(strange)
	}
	return out
}

func (s *section) reportUnknown(items []*item) {
	slices.SortFunc(items, func(a, b *item) int { return int(a.key.Start) - int(b.key.Start) })
	slices.Sort(s.asked)
	candidates := slices.Compact(s.asked)
	for _, it := range items {
		if len(s.report.problems) > maxProblems {
			return
		}
		hint := ""
		if near := source.Nearest(head(it.name), candidates); near != "" {
			hint = "did you mean " + near + "?"
		}
		s.report.add(unknownKey, it.key, "unknown key "+s.name(head(it.name)), hint)
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
