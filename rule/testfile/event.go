package testfile

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// A base is an event that others build on.
type base struct {
	node *rule.Table
	doc  map[string]any
	busy bool // being read: it must not build on itself
}

// The keys of an event that say what it is.
const (
	keyID      = "@id"
	keyOffset  = "@offset"
	keyUnset   = "@unset"
	keyBase    = "@base"
	keyFile    = "@file"
	keyAdvance = "@advance"
)

// fieldsWithAt are fields of real events that begin like a key.
var fieldsWithAt = map[string]bool{TimestampField: true, "@version": true, "@metadata": true}

func (r *reader) readBases(top *rule.Table) {
	if t, n := get[*rule.Table](r, top, "base", "a table"); n != nil {
		r.bases["base"] = &base{node: t}
	}
	all, n := get[*rule.Table](r, top, "bases", "a table of tables")
	if n != nil {
		for _, name := range all.Keys {
			if name == "base" {
				r.errorf(all.Items[name].Key, `the name base is taken by the table [base]`)
				continue
			}
			if t, n := get[*rule.Table](r, all, name, "a table"); n != nil {
				r.bases[name] = &base{node: t}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.bases)) {
		r.base(name, source.Span{})
	}
}

// base returns the event of a base, which must not be changed.
func (r *reader) base(name string, at source.Span) map[string]any {
	b := r.bases[name]
	switch {
	case b == nil:
		e := r.errorf(at, "there is no base event %q", clip(name))
		if near := source.Nearest(clip(name), slices.Sorted(maps.Keys(r.bases))); near != "" {
			e.Hint = "did you mean " + near + "?"
		} else {
			e.Hint = "write [bases." + clip(name) + "]"
		}
		return map[string]any{}
	case b.doc != nil:
		return b.doc
	case b.busy:
		r.errorf(at, "the base event %q builds on itself", name)
		return map[string]any{}
	}
	b.busy = true
	below := ""
	if n := b.node.Items[keyBase]; n != nil {
		below, _ = get[string](r, b.node, keyBase, "the name of a base event")
	}
	b.doc = r.patched(b.node, below, keyBase, keyUnset)
	return b.doc
}

// patched builds the event that a table describes over a base event ("" for
// none); allowed are the keys with "@" that it may have.
func (r *reader) patched(t *rule.Table, below string, allowed ...string) map[string]any {
	doc := map[string]any{}
	if below != "" {
		at := t.Span
		if n := t.Items[keyBase]; n != nil {
			at = n.Span
		}
		doc = cloneDoc(r.base(below, at))
	}
	r.unset(doc, t)
	for _, k := range t.Keys {
		n := t.Items[k]
		if strings.HasPrefix(k, "@") && !fieldsWithAt[k] {
			continue
		}
		if err := set(doc, k, plainValue(n)); err != nil {
			r.errorf(n.Key, "%v", err)
		}
	}
	r.directives(t, allowed)
	return doc
}

// directives reports keys with "@" that are not allowed.
func (r *reader) directives(t *rule.Table, allowed []string) {
	for _, k := range t.Keys {
		if !strings.HasPrefix(k, "@") || fieldsWithAt[k] {
			continue
		}
		if slices.Contains(allowed, k) {
			continue
		}
		e := r.errorf(t.Items[k].Key, "unknown key %s", clip(k))
		if near := source.Nearest(clip(k), allowed); near != "" {
			e.Hint = "did you mean " + near + "?"
		} else {
			e.Hint = "it may have " + strings.Join(allowed, ", ")
		}
	}
}

// unset removes the fields that @unset names.
func (r *reader) unset(doc map[string]any, t *rule.Table) {
	n := t.Items[keyUnset]
	if n == nil {
		return
	}
	list, ok := n.Value.([]*rule.Node)
	if !ok {
		list = []*rule.Node{n}
	}
	for _, e := range list {
		switch path, ok := e.Value.(string); {
		case !ok:
			r.errorf(e.Span, "@unset must be a field or a list of fields")
		case !unset(doc, path):
			r.errorf(e.Span, "there is no field %s to unset", clip(path))
		}
	}
}

// events reads what happens in a case.
func (r *reader) events(c *Case, t *rule.Table) {
	list, n := get[[]*rule.Node](r, t, "events", "a list of events")
	if n == nil {
		if t.Items["events"] == nil {
			r.errorf(t.Span, "the case has no events").Hint = "write [[case.events]]"
		}
		return
	}
	p := &player{reader: r, c: c, now: c.Start, ids: map[string]bool{}}
	for _, e := range list {
		switch v := e.Value.(type) {
		case string:
			p.file(v, e.Span, nil)
		case *rule.Table:
			p.table(v)
		default:
			r.errorf(e.Span, "an event must be a table or the name of a file")
		}
	}
}

// A player follows what happens in a case.
type player struct {
	*reader
	c   *Case
	now time.Time
	ids map[string]bool
}

func (p *player) table(t *rule.Table) {
	at := t.Span
	if len(t.Keys) > 0 { // the place of an inline table is that of its list
		at = p.tableSpan(t)
	}
	if n := t.Items[keyAdvance]; n != nil {
		p.known(t, " beside @advance", keyAdvance)
		p.now = p.offset(n.Value, n.Span, keyAdvance)
		p.add(Happening{Place: p.place(at), Time: p.now})
		return
	}
	if name, n := get[string](p.reader, t, keyFile, "the name of a file"); n != nil {
		p.file(name, n.Span, t)
		return
	}
	below := p.defaultBase()
	if n := t.Items[keyBase]; n != nil {
		below, _ = get[string](p.reader, t, keyBase, "the name of a base event")
	}
	h := Happening{Place: p.place(at), Event: p.patched(t, below, keyID, keyOffset, keyUnset, keyBase, keyFile, keyAdvance)}
	if id, n := get[string](p.reader, t, keyID, "a string"); n != nil {
		p.name(&h, id, n.Span)
	}
	if n := t.Items[keyOffset]; n != nil {
		if t.Items[TimestampField] != nil {
			p.errorf(n.Key, "an event has either @offset or @timestamp")
		}
		delete(h.Event, TimestampField)
		p.now = p.offset(n.Value, n.Span, keyOffset)
	}
	p.event(h)
}

// tableSpan is where a table begins: at its header, or at its first key.
func (p *player) tableSpan(t *rule.Table) source.Span {
	if text := p.src.Slice(t.Span); strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		return t.Items[t.Keys[0]].Key
	}
	return t.Span
}

// defaultBase is the base of an event that names none.
func (p *player) defaultBase() string {
	if p.bases["base"] == nil {
		return ""
	}
	return "base"
}

func (p *player) name(h *Happening, id string, at source.Span) {
	switch {
	case id == "" || strings.HasPrefix(id, "@"):
		p.errorf(at, `@id must not be empty or begin with "@"`)
	case p.ids[id]:
		p.errorf(at, "another event of the case has the id %q", clip(id))
	default:
		p.ids[id] = true
		h.ID = id
	}
}

// event adds an event and gives it the time of the one before if it has none.
func (p *player) event(h Happening) {
	if own, ok := h.Event[TimestampField]; !ok {
		h.Time = p.now
	} else if text, ok := own.(string); ok {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			p.now = at
		}
	}
	p.add(h)
}

func (p *player) add(h Happening) { p.c.Happenings = append(p.c.Happenings, h) }

func (p *player) place(at source.Span) Place {
	pos := p.src.Position(at.Start)
	return Place{p.src.Name, pos.Line, pos.Column}
}

// offset reads a time relative to the start of the case.
func (p *player) offset(v any, at source.Span, key string) time.Time {
	text, ok := v.(string)
	if ok {
		if d, err := ParseOffset(text); err == nil {
			return p.c.Start.Add(d)
		}
	}
	p.errorf(at, `%s must be a time from the start of the case, such as "+3s", "+1m30s" or "+2d"`, key)
	return p.now
}

// ParseOffset reads a duration as test files write it: like Go's, with a sign if
// need be, and with d for days in front.
func ParseOffset(text string) (time.Duration, error) {
	sign, rest := time.Duration(1), strings.TrimPrefix(text, "+")
	if s, ok := strings.CutPrefix(text, "-"); ok {
		sign, rest = -1, s
	}
	var days time.Duration
	if d, after, ok := strings.Cut(rest, "d"); ok {
		n, err := strconv.ParseUint(d, 10, 15)
		if err != nil {
			return 0, errOffset
		}
		days, rest = time.Duration(n)*24*time.Hour, after
		if rest == "" {
			return sign * days, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || d > maxOffset || rest[0] == '+' {
		return 0, errOffset
	}
	return sign * (days + d), nil
}
