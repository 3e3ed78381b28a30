package testfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// file adds the events of a file; patch, unless nil, changes each of them.
func (p *player) file(name string, at source.Span, patch *rule.Table) {
	full := p.path(p.dir, name, at)
	if patch != nil {
		p.directives(patch, []string{keyFile, keyUnset})
	}
	if !fs.ValidPath(full) {
		return // reported by path
	}
	data, err := readFile(p.fsys, full)
	if err != nil {
		p.errorf(at, "cannot read %s: %s", clip(name), reason(err))
		return
	}
	src := &source.File{Name: path.Join(p.shownDir, name), Text: string(data)}
	err = eachDocument(data, func(offset int, doc map[string]any) error {
		pos := src.Position(source.PosAt(offset))
		return p.document(Happening{Place: Place{src.Name, pos.Line, pos.Column}}, doc, patch)
	})
	var bad *badDocument
	if errors.As(err, &bad) {
		pos := src.Position(source.PosAt(bad.offset))
		p.errorf(at, "%s:%d:%d: %v", src.Name, pos.Line, pos.Column, bad.error)
	}
}

// A badDocument is an error at a place of a file of events.
type badDocument struct {
	error
	offset int
}

// eachDocument calls f for each JSON object of a file: one after the other, or
// in one array. The error is a *badDocument.
func eachDocument(data []byte, f func(offset int, doc map[string]any) error) error {
	start := 0
	if text := bytes.TrimLeft(data, " \t\r\n"); bytes.HasPrefix(text, []byte("[")) {
		start = len(data) - len(text)
	} else {
		start = -1
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if start >= 0 {
		if _, err := d.Token(); err != nil {
			return &badDocument{err, start}
		}
	}
	for start < 0 || d.More() {
		offset := int(d.InputOffset())
		for offset < len(data) && bytes.IndexByte([]byte(" \t\r\n,"), data[offset]) >= 0 {
			offset++
		}
		var doc map[string]any
		switch err := d.Decode(&doc); {
		case errors.Is(err, io.EOF) && start < 0:
			return nil
		case err != nil:
			var wrong *json.UnmarshalTypeError
			if errors.As(err, &wrong) {
				err = fmt.Errorf("an event must be a JSON object, not %s", wrong.Value)
			}
			return &badDocument{err, offset}
		case doc == nil:
			return &badDocument{errors.New("an event must be a JSON object, not null"), offset}
		}
		if err := f(offset, doc); err != nil {
			return &badDocument{err, offset}
		}
	}
	if _, err := d.Token(); err != nil {
		return &badDocument{fmt.Errorf("the list of events does not end: %w", err), len(data)}
	}
	return nil
}

// document adds an event of a file.
func (p *player) document(h Happening, doc map[string]any, patch *rule.Table) error {
	id, hasID := doc[keyID]
	offset, hasOffset := doc[keyOffset]
	below, hasBase := doc[keyBase]
	off, hasUnset := doc[keyUnset]
	if patch != nil || hasBase || hasUnset {
		var err error
		if doc, err = p.build(doc, below, off); err != nil {
			return err
		}
		if patch != nil {
			p.unset(doc, patch)
			for _, k := range patch.Keys {
				if n := patch.Items[k]; k != keyFile && k != keyUnset {
					if err := set(doc, k, plainValue(n)); err != nil {
						return err
					}
				}
			}
		}
	}
	for _, k := range []string{keyID, keyOffset, keyBase, keyUnset} {
		delete(doc, k)
	}
	h.Event = doc
	if hasID {
		text, ok := id.(string)
		if !ok || text == "" || text[0] == '@' || p.ids[text] {
			return fmt.Errorf(`@id must be a name that no other event of the case has, without "@"`)
		}
		p.ids[text] = true
		h.ID = text
	}
	if hasOffset {
		text, _ := offset.(string)
		d, err := ParseOffset(text)
		if _, ok := doc[TimestampField]; ok || err != nil {
			return errors.New(`@offset must be a time from the start of the case, such as "+3s", of an event without @timestamp`)
		}
		p.now = p.c.Start.Add(d)
	}
	p.event(h)
	return nil
}

// build nests a document and lays it over a base event.
func (p *player) build(doc map[string]any, below, off any) (map[string]any, error) {
	out := map[string]any{}
	if below != nil {
		name, _ := below.(string)
		if p.bases[name] == nil {
			return nil, fmt.Errorf("there is no base event %v", below)
		}
		out = cloneDoc(p.base(name, source.Span{}))
	}
	if off != nil {
		list, ok := off.([]any)
		if !ok {
			list = []any{off}
		}
		for _, e := range list {
			if name, ok := e.(string); !ok || !unset(out, name) {
				return nil, fmt.Errorf("there is no field %v to unset", e)
			}
		}
	}
	for _, k := range sortedKeys(doc) {
		if k == keyID || k == keyOffset || k == keyBase || k == keyUnset {
			continue
		}
		if err := set(out, k, doc[k]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func sortedKeys(doc map[string]any) []string { return slices.Sorted(maps.Keys(doc)) }

// ReadEvents reads a file of events that stands for a whole case, with the keys
// @id and @offset but without base events. The error is a source.List.
func ReadEvents(fsys fs.FS, name, shown string) (*Case, error) {
	r := &reader{fsys: fsys, dir: path.Dir(name), shownDir: path.Dir(shown), src: &source.File{Name: shown}, bases: map[string]*base{}}
	c := &Case{Start: DefaultStart, Golden: true, Name: "events"}
	p := &player{reader: r, c: c, now: c.Start, ids: map[string]bool{}}
	p.file(path.Base(name), source.Span{}, nil)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return c, nil
}
