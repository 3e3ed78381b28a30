package rule

import (
	"fmt"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// maxQueries bounds the queries of one hunt.
const maxQueries = 1000

// hunt reads [hunt]: one rule for each EQL query of the list.
func (in *reading) hunt(top *section) {
	s := top.sub("hunt")
	languages := s.words("language")
	eql, others := 0, 0
	for _, l := range languages {
		if strings.EqualFold(l, "eql") {
			eql++
		} else {
			others++
		}
	}
	if eql == 0 && others > 0 {
		in.skip(s.table, "uuid", "", strings.Join(languages, ", "))
		return
	}
	r := &Rule{Layout: Hunt, Path: in.path, doc: in.doc, Dialect: ast.Elasticsearch}
	uuid := in.id(s, "uuid")
	readCommon(s, r)
	r.Authors = s.words("author")
	r.References = s.list("references")
	r.Integrations = s.list("integration")
	r.Note = strings.Join(s.list("notes"), "\n")
	r.Threats = threatsOf(s.list("mitre"))
	items := in.huntQueries(s)
	metadata := top.sub("metadata")
	r.Ignore = in.readIgnore(metadata)
	in.finish(r, top, s, metadata)
	in.rules = nil
	failed := in.failed // a bad query does not count against the others
	defer func() { in.failed = failed }()
	for i, it := range items {
		each := *r
		each.Index = i
		each.ID = fmt.Sprintf("%s#%d", uuid, i+1)
		name := fmt.Sprintf("query %d of the hunt", i+1)
		if text, ok := it.str(); ok && (others > 0 || eql == 0) && !looksLikeEQL(text) {
			in.skipped = append(in.skipped, Skipped{
				Path: in.path, ID: each.ID, Name: r.Name, Language: strings.Join(languages, ", "),
				Reason: name + " does not begin as an EQL query, and the hunt holds several languages",
			})
			continue
		}
		if in.setQuery(&each, it, name); each.Query != nil {
			in.rules = append(in.rules, &each)
		}
	}
}

// huntQueries returns the queries of a hunt: a list, or one string.
func (in *reading) huntQueries(s *section) []*item {
	it := s.ask("query")
	if it == nil {
		in.add(noQuery, s.table.span, "hunt.query is missing", "")
		return nil
	}
	a, ok := it.val.(*array)
	switch {
	case !ok:
		return []*item{it}
	case len(a.items) == 0:
		in.add(noQuery, it.span, "hunt.query is empty", "")
	case len(a.items) > maxQueries:
		in.add(noQuery, source.Span{Start: it.key.Start, End: it.key.End},
			fmt.Sprintf("hunt.query has %d queries, more than the %d allowed", len(a.items), maxQueries), "")
		return nil
	}
	return a.items
}
