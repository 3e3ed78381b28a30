package parser

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

// A slab hands out the elements of one allocation.
type slab[T any] []T

func newSlab[T any](n int) slab[T] {
	if n == 0 {
		return nil
	}
	return make(slab[T], n)
}

// next returns a new element, out of another allocation if there are no more.
func (s *slab[T]) next() *T {
	if len(*s) == 0 {
		return new(T)
	}
	x := &(*s)[0]
	*s = (*s)[1:]
	return x
}

// nodes makes the frequent nodes of one syntax tree. They are allocated together,
// as many as there are of each kind.
type nodes struct {
	text     string // of the query
	strings  slab[ast.String]
	idents   slab[ast.Ident]
	segments slab[*ast.Ident]
	fields   slab[ast.Field]
	binaries slab[ast.Binary]
	matches  slab[ast.Match]
	items    []ast.Expr // of lists that have not ended
}

// reset prepares for the tree of a text with so many of each kind.
func (n *nodes) reset(text string, c census) {
	*n = nodes{
		text:     text,
		strings:  newSlab[ast.String](c.strings),
		idents:   newSlab[ast.Ident](c.names),
		segments: newSlab[*ast.Ident](c.names),
		fields:   newSlab[ast.Field](c.fields),
		binaries: newSlab[ast.Binary](c.binaries),
		matches:  newSlab[ast.Match](c.matches),
		items:    n.items[:0],
	}
}

func (n *nodes) ident(tok *lexer.Token) *ast.Ident {
	return setName(n.idents.next(), tok)
}

// begin begins a field, whose segments have to be added one after the other.
func (n *nodes) begin(at source.Span) *ast.Field {
	f := n.fields.next()
	f.Range, f.Segments = at, n.segments[:0]
	return f
}

// finish ends a field.
func (n *nodes) finish(f *ast.Field) *ast.Field {
	count := len(f.Segments)
	if count == 0 {
		f.Segments = nil
		return f
	}
	if count <= len(n.segments) {
		n.segments = n.segments[count:]
	}
	f.Segments = f.Segments[:count:count]
	f.Path = n.path(f.Segments)
	return f
}

// path joins names. It is a part of the text where they are written that way.
func (n *nodes) path(segments []*ast.Ident) string {
	size := len(segments) - 1
	for _, s := range segments {
		size += len(s.Name)
	}
	at := source.Span{Start: segments[0].Range.Start, End: segments[len(segments)-1].Range.End}
	if int(at.End-at.Start) == size { // neither blanks nor quotes
		return n.text[at.Start.Offset():at.End.Offset()]
	}
	names := make([]string, len(segments))
	for i, s := range segments {
		names[i] = s.Name
	}
	return strings.Join(names, ".")
}
