package rule

import (
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// behavior reads [rule] with id and os_list, and the lists of tables beside it.
func (in *reading) behavior(top *section) {
	s := top.sub("rule")
	r := &Rule{Layout: Behavior, Path: in.path, doc: in.doc, Dialect: ast.Endpoint}
	in.query(s, r)
	r.ID = in.id(s, "id")
	readCommon(s, r)
	r.Version = readVersion(s)
	for _, os := range s.list("os_list") {
		r.OS = append(r.OS, strings.ToLower(os))
	}
	r.References = s.list("reference")
	r.Reputation = s.flag("reputation")
	r.MinEndpointVersion, r.MaxEndpointVersion = s.text("min_endpoint_version"), s.text("max_endpoint_version")
	r.Threats = readThreats(top, "threat")
	// A list that is written after the query and before the first [[header]]
	// belongs to [rule].
	for _, at := range []*section{s, top} {
		r.Responses = append(r.Responses, in.responses(at, "actions", false)...)
	}
	for _, at := range []*section{s, top} {
		r.Responses = append(r.Responses, in.responses(at, "optional_actions", true)...)
	}
	internal := top.sub("internal")
	if internal != nil {
		internal.known("min_endpoint_version")
		if peek(internal.table, "min_endpoint_version") == r.MinEndpointVersion {
			internal.text("min_endpoint_version")
		}
	}
	metadata := top.sub("metadata")
	r.Ignore = in.readIgnore(metadata)
	in.finish(r, top, s, internal, metadata)
}

func (in *reading) responses(s *section, key string, optional bool) []Response {
	var out []Response
	at := newCursor(in.doc.file.Text)
	for _, t := range s.tables(key) {
		r := Response{Action: t.text("action"), Field: t.text("field"), Tree: t.flag("tree"), Optional: optional}
		r.State, _ = t.integer("state")
		span := t.table.span
		if it := t.table.get("state"); it != nil {
			span = source.Span{Start: it.key.Start, End: it.span.End}
		}
		r.Source = &source.File{
			Name:    in.path,
			Text:    in.doc.file.Slice(span),
			Anchors: []source.Anchor{{Position: at.position(span.Start.Offset())}},
		}
		t.close()
		in.responseSpans = append(in.responseSpans, t.table.span)
		out = append(out, r)
	}
	return out
}
