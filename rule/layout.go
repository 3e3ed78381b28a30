package rule

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A reading is one rule file while it is turned into rules.
type reading struct {
	*report
	path    string
	root    *table // of doc, while it is read and checked
	at      *cursor
	rules   []*Rule
	skipped []Skipped
	stray   bool // not a rule file at all

	responseSpans []source.Span // of the Responses of the rule
}

// read turns a document with the given tree into rules, without the checks of
// their metadata. Sections are taken from a pile.
func read(path string, doc *document, root *table, sections *pile[section]) *reading {
	in := &reading{report: &report{doc: doc, sections: sections}, path: path, root: root, at: newCursor(doc.file.Text)}
	top := in.section(root, nil, "")
	switch layout, why := recognise(root); {
	case why != "":
		in.stray = true
		in.add(notRule, source.SpanAt(0, 0), "not a rule file: "+why, "")
	case layout == Hunt:
		in.hunt(top)
	case layout == Behavior:
		in.behavior(top)
	default:
		in.detection(top)
	}
	return in
}

// recognise tells the layout of a file by its shape, or why it has none.
func recognise(root *table) (l Layout, why string) {
	has := func(t *table, key string) bool { return t.get(key) != nil }
	if it := root.get("hunt"); it != nil {
		if _, ok := it.val.(*table); ok {
			return Hunt, ""
		}
	}
	it := root.get("rule")
	if it == nil {
		return 0, "it has no table [rule] or [hunt]"
	}
	t, ok := it.val.(*table)
	if !ok {
		return 0, "rule is " + typeName(it.val) + ", not a table"
	}
	switch {
	case has(t, "rule_id"):
		return Detection, ""
	case has(t, "id"), has(t, "os_list"):
		return Behavior, ""
	case has(t, "language"), has(t, "type"), has(root, "metadata"):
		return Detection, ""
	case has(root, "internal"), has(root, "threat"), has(root, "actions"):
		return Behavior, ""
	}
	return 0, "[rule] has neither rule_id, as a detection rule has, nor id and os_list, as a behaviour rule has"
}

// finish keeps r, with everything that was left over as its Extra. The sections
// are tables of top; nil ones do not count.
func (in *reading) finish(r *Rule, top *section, sections ...*section) {
	extra := map[string]any{}
	for _, s := range sections {
		if s == nil {
			continue
		}
		if rest := s.rest(); rest != nil {
			extra[s.key] = rest
		}
	}
	maps.Copy(extra, top.rest())
	if len(extra) > 0 {
		r.Extra = extra
	}
	in.rules = append(in.rules, r)
}

// query reads the one query of s into r.
func (in *reading) query(s *section, r *Rule) {
	it := s.ask("query")
	if it == nil {
		in.add(noQuery, s.table.span, s.name("query")+" is missing", "")
		return
	}
	in.setQuery(r, it, s.name("query"))
}

func (in *reading) setQuery(r *Rule, it *item, name string) {
	text, ok := it.str()
	if !ok {
		in.add(noQuery, it.span, fmt.Sprintf("%s is %s, not a string", name, typeName(it.val)), "")
		return
	}
	if strings.TrimSpace(text) == "" {
		in.add(noQuery, it.span, name+" is empty", "")
		return
	}
	r.Query, r.QueryFromBasicString = queryFile(in.doc, in.at, it)
}

// id reads the key that identifies a rule.
func (in *reading) id(s *section, key string) string {
	it := s.ask(key)
	if it == nil {
		in.add(noID, s.table.span, s.name(key)+" is missing", "")
		return ""
	}
	id, ok := it.str()
	switch {
	case !ok:
		in.add(noID, it.span, fmt.Sprintf("%s is %s, not a string", s.name(key), typeName(it.val)), "")
	case id == "":
		in.add(noID, it.span, s.name(key)+" is empty", "")
	}
	return id
}

// skip notes a rule of another language.
func (in *reading) skip(t *table, id, kind, language string) {
	reason := "the query language is " + head(language) + ", not EQL"
	if language == "" {
		reason = "rules of type " + head(kind) + " have no EQL query"
	}
	in.skipped = append(in.skipped, Skipped{
		Path: in.path, ID: peek(t, id), Name: peek(t, "name"), Type: kind, Language: cmp.Or(language, kind), Reason: reason,
	})
}

// peek returns the string at key without reading it.
func peek(t *table, key string) string {
	if it := t.get(key); it != nil {
		return it.text
	}
	return ""
}
