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
	it := t.get(k.name)
	if it == nil {
		return d.add(t, k, k.span, implicit), nil
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
	it := t.get(k.name)
	if it == nil {
		return d.add(t, k, at, header), nil
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
	it := t.get(k.name)
	if it == nil {
		it = d.item(item{name: k.name, key: k.span, span: at, val: d.array(true)})
		t.put(it)
	}
	a, ok := it.val.(*array)
	if !ok || !a.headers {
		return nil, d.taken(k, it)
	}
	sub := d.table(at, header)
	a.items = append(a.items, d.item(item{span: at, val: sub}))
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
		it := t.get(k.name)
		if it == nil {
			t = d.add(t, k, k.span, dotted)
			continue
		}
		v, ok := it.val.(*table)
		if !ok || v.origin != dotted {
			return d.taken(k, it)
		}
		t = v
	}
	if it := t.get(last.name); it != nil {
		return d.taken(last, it)
	}
	it := d.item(item{name: last.name, key: last.span, span: d.valueSpan(n, last)})
	if err := d.value(it, n.Value(), depth); err != nil {
		return err
	}
	t.put(it)
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

func (d *decoder) add(t *table, k key, at source.Span, o origin) *table {
	sub := d.table(at, o)
	t.put(d.item(item{name: k.name, key: k.span, span: at, val: sub}))
	return sub
}

// taken reports that k cannot be defined because it is defined already.
func (d *decoder) taken(k key, before *item) *source.Error {
	line := d.file.Position(before.key.Start).Line
	return d.fail(notTOML, k.span, fmt.Sprintf("not TOML: %s is defined twice", strconv.Quote(k.name)),
		fmt.Sprintf("it is already defined on line %d", line))
}
