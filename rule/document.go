package rule

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/eqlkit/eqlkit/ast/source"
)

// maxDepth bounds the parts of a dotted key and the nesting of values.
const maxDepth = 64

// A document is a TOML file that knows where everything stands.
type document struct {
	file *source.File // the whole text, without a byte order mark
	once sync.Once
	root *table // after once; see tree
}

// tree returns the decoded file. Rules outlive the tree that they were read from,
// which takes several times the memory of the text; who asks for it later on has
// it decoded again.
func (d *document) tree() *table {
	d.once.Do(func() {
		again := (&decoder{}).decode(d.file.Name, []byte(d.file.Text))
		if again.failure != nil {
			panic(again.failure) // it was decoded before
		}
		d.root = again.root
	})
	return d.root
}

// A table is a TOML table, by whatever means it was written.
type table struct {
	items  []*item          // in the order in which they were defined
	index  map[string]*item // nil if they are few
	span   source.Span      // its header, or the key that made it
	origin origin
}

// indexed is the number of items beyond which a table has an index.
const indexed = 32

// get returns the item called name, or nil.
func (t *table) get(name string) *item {
	if t.index != nil {
		return t.index[name]
	}
	for _, it := range t.items {
		if it.name == name {
			return it
		}
	}
	return nil
}

// put adds an item whose name is new.
func (t *table) put(it *item) {
	t.items = append(t.items, it)
	switch {
	case t.index != nil:
		t.index[it.name] = it
	case len(t.items) > indexed:
		t.index = make(map[string]*item, 2*len(t.items))
		for _, it := range t.items {
			t.index[it.name] = it
		}
	}
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
	name string      // "" for an element of an array
	key  source.Span // invalid for an element of an array
	span source.Span // the value, quotes and brackets included
	// val is an int64, float64, bool, *table or *array, or one of go-toml's dates
	// and times, or a time.Time. It is nil for a string, which is text.
	val  any
	text string
	fate fate
}

// str returns the value of i if it is a string.
func (i *item) str() (text string, ok bool) { return i.text, i.val == nil }

// A fate says what became of an item when a rule was read.
type fate uint8

const (
	unknown fate = iota // nobody asked for its key
	known               // the key is one that there is
	used                // the value went into the rule
)

// An array is a TOML array: a value in brackets, or a list of [[a]] tables.
type array struct {
	items   []*item
	headers bool
}

// raw returns the value of i as plain Go maps, slices and scalars.
func (i *item) raw() any {
	switch v := i.val.(type) {
	case nil:
		return i.text
	case *table:
		return v.raw()
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

func (t *table) raw() map[string]any {
	out := make(map[string]any, len(t.items))
	for _, it := range t.items {
		out[it.name] = it.raw()
	}
	return out
}

const byteOrderMark = "\uFEFF"

// decode reads a TOML file.
func decode(name string, data []byte) (*document, *source.Error) {
	out := (&decoder{}).decode(name, data)
	if out.failure != nil {
		return nil, out.failure
	}
	doc := &document{file: out.file}
	doc.once.Do(func() { doc.root = out.root })
	return doc, nil
}

// A decoding is what came of a file.
type decoding struct {
	file    *source.File
	root    *table
	failure *source.Error
}

// decode reads a TOML file. The strings of the tree are parts of one copy of
// data. The tree is valid until the next call.
func (d *decoder) decode(name string, data []byte) decoding {
	text := string(data)
	text = strings.TrimPrefix(text, byteOrderMark)
	d.file = &source.File{Name: name, Text: text}
	d.data = data[len(data)-len(text):]
	d.reset()
	d.root = d.table(source.SpanAt(0, 0), header)
	d.open = d.root
	return decoding{file: d.file, root: d.root, failure: d.expressions()}
}

func (d *decoder) expressions() *source.Error {
	if !utf8.ValidString(d.file.Text) {
		at := invalidUTF8(d.file.Text)
		return d.fail(notUTF8, source.SpanAt(at, at+1), "the file is not UTF-8 text", "")
	}
	d.parser.Reset(d.data)
	for d.parser.NextExpression() {
		if err := d.expression(d.parser.Expression()); err != nil {
			return err
		}
	}
	if err := d.parser.Error(); err != nil {
		return d.syntax(err)
	}
	return nil
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

// A decoder builds trees from go-toml's flat expressions, one at a time. It
// applies TOML's rules on what may be defined twice itself, because it knows the
// places. Its zero value is ready to use.
type decoder struct {
	arena
	file   *source.File
	data   []byte // the bytes of file.Text
	parser unstable.Parser
	root   *table
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

// value converts the value of n, which stands at it.span, for it.
func (d *decoder) value(it *item, n *unstable.Node, depth int) *source.Error {
	if depth > maxDepth {
		return d.fail(notTOML, it.span, "values are nested more than "+strconv.Itoa(maxDepth)+" deep", "")
	}
	switch n.Kind {
	case unstable.String:
		it.text = d.text(n.Data)
	case unstable.Bool:
		it.val = n.Data[0] == 't'
	case unstable.Integer:
		i, err := strconv.ParseInt(string(n.Data), 0, 64)
		if err != nil {
			return d.fail(notTOML, it.span, "not TOML: the number is too large", "")
		}
		it.val = i
	case unstable.Array:
		a := d.array(false)
		it.val = a
		for subs := n.Children(); subs.Next(); {
			sub := subs.Node()
			e := d.item(item{span: it.span})
			if sub.Raw.Length > 0 {
				e.span = spanOf(sub.Raw)
			}
			if err := d.value(e, sub, depth+1); err != nil {
				return err
			}
			a.items = append(a.items, e)
		}
	case unstable.InlineTable:
		t := d.table(it.span, inline)
		it.val = t
		for subs := n.Children(); subs.Next(); {
			if err := d.assign(t, subs.Node(), depth+1); err != nil {
				return err
			}
		}
	default:
		return d.rare(it, n)
	}
	return nil
}

// rare converts a float, a date or a time, which rules do not use.
func (d *decoder) rare(it *item, n *unstable.Node) *source.Error {
	var v struct{ V any }
	if err := toml.Unmarshal(append([]byte("V="), n.Data...), &v); err != nil {
		return d.fail(notTOML, it.span, "not TOML: "+strings.TrimPrefix(err.Error(), "toml: "), "")
	}
	it.val = v.V
	return nil
}
