package rule

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/eqlkit/eqlkit/ast/source"
)

// maxDepth bounds the parts of a dotted key and the nesting of values.
const maxDepth = 64

// A document is a decoded TOML file that knows where everything stands.
type document struct {
	file *source.File // the whole text, without a byte order mark
	root *table
}

// A table is a TOML table, by whatever means it was written.
type table struct {
	items  map[string]*item
	span   source.Span // its header, or the key that made it
	origin origin
}

// An origin says what made a table, and so what may still be added to it.
type origin uint8

const (
	implicit origin = iota // named on the way to another header
	header                 // [a] or one element of [[a]]
	dotted                 // a.b = 1
	inline                 // { }
)

// An item is one value of a table or an array.
type item struct {
	key  source.Span // invalid for an element of an array
	span source.Span // the value, quotes and brackets included
	// val is a string, int64, float64, bool, *table or *array, or one of
	// go-toml's dates and times, or a time.Time.
	val any
}

// An array is a TOML array: a value in brackets, or a list of [[a]] tables.
type array struct {
	items   []*item
	headers bool
}

// raw returns the value of i as plain Go maps, slices and scalars.
func (i *item) raw() any {
	switch v := i.val.(type) {
	case *table:
		out := make(map[string]any, len(v.items))
		for k, sub := range v.items {
			out[k] = sub.raw()
		}
		return out
	case *array:
		out := make([]any, len(v.items))
		for n, sub := range v.items {
			out[n] = sub.raw()
		}
		return out
	default:
		return v
	}
}

const byteOrderMark = "\uFEFF"

// decode reads a TOML file. The strings of the document are parts of one copy of
// data.
func decode(name string, data []byte) (*document, *source.Error) {
	text := strings.TrimPrefix(string(data), byteOrderMark)
	d := &decoder{
		document: document{
			file: &source.File{Name: name, Text: text},
			root: &table{items: map[string]*item{}, span: source.SpanAt(0, 0), origin: header},
		},
		data: data[len(data)-len(text):],
	}
	d.open = d.root
	if !utf8.ValidString(text) {
		at := invalidUTF8(text)
		return nil, d.fail(notUTF8, source.SpanAt(at, at+1), "the file is not UTF-8 text", "")
	}
	d.parser.Reset(d.data)
	for d.parser.NextExpression() {
		if err := d.expression(d.parser.Expression()); err != nil {
			return nil, err
		}
	}
	if err := d.parser.Error(); err != nil {
		return nil, d.syntax(err)
	}
	return &d.document, nil
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return len(s)
}

// A decoder builds a document from go-toml's flat expressions. It applies
// TOML's rules on what may be defined twice itself, because it knows the places.
type decoder struct {
	document
	data   []byte // the bytes of file.Text
	parser unstable.Parser
	open   *table // of the latest header
	keys   []key  // scratch
}

// A key is one part of a dotted key.
type key struct {
	name string
	span source.Span
}

func (d *decoder) fail(k kind, span source.Span, msg, hint string) *source.Error {
	return &source.Error{File: d.file, Span: span, Severity: k.Severity, Code: k.Code, Msg: msg, Hint: hint}
}

// syntax reports an error of go-toml's parser.
func (d *decoder) syntax(err error) *source.Error {
	at, msg, hint := source.SpanAt(0, 0), err.Error(), ""
	var pe *unstable.ParserError
	if errors.As(err, &pe) {
		at = spanOf(d.parser.Range(pe.Highlight))
	}
	// An unclosed string is found at the end of the file; it began at its last
	// quotes.
	for _, quotes := range []string{"'''", `"""`} {
		if strings.HasSuffix(msg, "not terminated by "+quotes) {
			if i := strings.LastIndex(d.file.Text, quotes); i >= 0 {
				at = source.SpanAt(i, i+len(quotes))
				msg, hint = "this string is never closed", "close it with "+quotes
			}
		}
	}
	msg = codePoint.ReplaceAllString(msg, "$1")
	if msg == "strings must be quoted" || strings.HasSuffix(msg, "at start of value") {
		hint = "a string must be quoted"
	}
	return d.fail(notTOML, at, "not TOML: "+msg, hint)
}

// codePoint matches a character as go-toml shows it: U+0041 'A'.
var codePoint = regexp.MustCompile(`U\+[0-9A-F]+ ('.*')`)

func spanOf(r unstable.Range) source.Span {
	return source.SpanAt(int(r.Offset), int(r.Offset+r.Length))
}

func (d *decoder) expression(n *unstable.Node) *source.Error {
	if n.Kind == unstable.KeyValue {
		return d.assign(d.open, n, 1)
	}
	keys, err := d.path(n.Key())
	if err != nil {
		return err
	}
	at := source.Span{Start: keys[0].span.Start, End: keys[len(keys)-1].span.End}
	t := d.root
	for _, k := range keys[:len(keys)-1] {
		if t, err = d.descend(t, k); err != nil {
			return err
		}
	}
	last := keys[len(keys)-1]
	if n.Kind == unstable.ArrayTable {
		d.open, err = d.element(t, last, at)
	} else {
		d.open, err = d.header(t, last, at)
	}
	return err
}

// path collects the parts of a key. The result is valid until the next call.
func (d *decoder) path(it unstable.Iterator) ([]key, *source.Error) {
	d.keys = d.keys[:0]
	for it.Next() {
		n := it.Node()
		k := key{d.text(n.Data), spanOf(n.Raw)}
		if len(d.keys) == maxDepth {
			return nil, d.fail(notTOML, k.span, "a key of more than "+strconv.Itoa(maxDepth)+" parts", "")
		}
		d.keys = append(d.keys, k)
	}
	return d.keys, nil
}

// text returns b as a string, as a part of the file's text when it is one.
func (d *decoder) text(b []byte) string {
	off := cap(d.data) - cap(b)
	if len(b) > 0 && off >= 0 && off+len(b) <= len(d.data) && &d.data[off] == &b[0] {
		return d.file.Text[off : off+len(b)]
	}
	return string(b)
}

// value converts the value of n, which stands at span.
func (d *decoder) value(n *unstable.Node, span source.Span, depth int) (any, *source.Error) {
	if depth > maxDepth {
		return nil, d.fail(notTOML, span, "values are nested more than "+strconv.Itoa(maxDepth)+" deep", "")
	}
	switch n.Kind {
	case unstable.String:
		return d.text(n.Data), nil
	case unstable.Bool:
		return n.Data[0] == 't', nil
	case unstable.Integer:
		if i, err := strconv.ParseInt(string(n.Data), 0, 64); err == nil {
			return i, nil
		}
		return nil, d.fail(notTOML, span, "not TOML: the number is too large", "")
	case unstable.Array:
		a := &array{}
		for it := n.Children(); it.Next(); {
			sub := it.Node()
			at := span
			if sub.Raw.Length > 0 {
				at = spanOf(sub.Raw)
			}
			v, err := d.value(sub, at, depth+1)
			if err != nil {
				return nil, err
			}
			a.items = append(a.items, &item{span: at, val: v})
		}
		return a, nil
	case unstable.InlineTable:
		t := &table{items: map[string]*item{}, span: span, origin: inline}
		for it := n.Children(); it.Next(); {
			if err := d.assign(t, it.Node(), depth+1); err != nil {
				return nil, err
			}
		}
		return t, nil
	default:
		return d.rare(n, span)
	}
}

// rare converts a float, a date or a time, which rules do not use.
func (d *decoder) rare(n *unstable.Node, span source.Span) (any, *source.Error) {
	var v struct{ V any }
	if err := toml.Unmarshal(append([]byte("V="), n.Data...), &v); err != nil {
		return nil, d.fail(notTOML, span, "not TOML: "+strings.TrimPrefix(err.Error(), "toml: "), "")
	}
	return v.V, nil
}
