package rule

import (
	"fmt"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/eqlkit/eqlkit/ast/source"
)

// descend returns the table called k in t on the way to a deeper header, making
// it if there is none. In a list of tables that is the last one.
func (d *decoder) descend(t *table, k key) (*table, *source.Error) {
	it := t.items[k.name]
	if it == nil {
		return t.add(k, k.span, implicit), nil
	}
	switch v := it.val.(type) {
	case *table:
		if v.origin != inline {
			return v, nil
		}
	case *array:
		if v.headers {
			return v.items[len(v.items)-1].val.(*table), nil
		}
	}
	return nil, d.taken(k, it)
}

// header defines [... k].
func (d *decoder) header(t *table, k key, at source.Span) (*table, *source.Error) {
	it := t.items[k.name]
	if it == nil {
		return t.add(k, at, header), nil
	}
	if v, ok := it.val.(*table); ok && v.origin == implicit {
		v.origin, v.span = header, at
		it.key, it.span = k.span, at
		return v, nil
	}
	return nil, d.taken(k, it)
}

// element appends a table to [[... k]].
func (d *decoder) element(t *table, k key, at source.Span) (*table, *source.Error) {
	it := t.items[k.name]
	if it == nil {
		it = &item{key: k.span, span: at, val: &array{headers: true}}
		t.items[k.name] = it
	}
	a, ok := it.val.(*array)
	if !ok || !a.headers {
		return nil, d.taken(k, it)
	}
	sub := &table{items: map[string]*item{}, span: at, origin: header}
	a.items = append(a.items, &item{span: at, val: sub})
	return sub, nil
}

// assign defines the key and value of n in t.
func (d *decoder) assign(t *table, n *unstable.Node, depth int) *source.Error {
	keys, err := d.path(n.Key())
	if err != nil {
		return err
	}
	last := keys[len(keys)-1]
	for _, k := range keys[:len(keys)-1] {
		it := t.items[k.name]
		if it == nil {
			t = t.add(k, k.span, dotted)
			continue
		}
		v, ok := it.val.(*table)
		if !ok || v.origin != dotted {
			return d.taken(k, it)
		}
		t = v
	}
	if it := t.items[last.name]; it != nil {
		return d.taken(last, it)
	}
	span := d.valueSpan(n, last)
	v, err := d.value(n.Value(), span, depth)
	if err != nil {
		return err
	}
	t.items[last.name] = &item{key: last.span, span: span, val: v}
	return nil
}

// valueSpan returns the span of the value of n, whose key ends with last:
// go-toml gives none for arrays and inline tables.
func (d *decoder) valueSpan(n *unstable.Node, last key) source.Span {
	text := d.file.Text
	start := last.span.End.Offset()
	for start < len(text) && (text[start] == ' ' || text[start] == '\t' || text[start] == '=') {
		start++
	}
	return source.SpanAt(start, int(n.Raw.Offset+n.Raw.Length))
}

func (t *table) add(k key, at source.Span, o origin) *table {
	sub := &table{items: map[string]*item{}, span: at, origin: o}
	t.items[k.name] = &item{key: k.span, span: at, val: sub}
	return sub
}

// taken reports that k cannot be defined because it is defined already.
func (d *decoder) taken(k key, before *item) *source.Error {
	line := d.file.Position(before.key.Start).Line
	return d.fail(notTOML, k.span, fmt.Sprintf("not TOML: %s is defined twice", strconv.Quote(k.name)),
		fmt.Sprintf("it is already defined on line %d", line))
}
