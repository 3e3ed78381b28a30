package event

import (
	"strings"
	"sync"

	"github.com/eqlkit/eqlkit/eval/value"
)

// A Slot is the index of a field in a Layout and in its Records.
type Slot int32

// SlotOptions say how a field is read, for one whose type is known. The zero
// SlotOptions reads what the event holds.
type SlotOptions struct {
	// Name tells options apart: for one path and one Name there is one slot.
	Name string
	// Source is the path to read instead, if the field is an alias; "" is the
	// field's own path.
	Source string
	// Null takes the place of an explicit null in Map and JSON events; other
	// events cannot tell null from a missing field.
	Null value.Value
	// Scalars leaves JSON objects out: they have fields, but no value.
	Scalars bool
	// Text makes numbers and booleans the text that JSON writes them in.
	Text bool
	// Convert, if not nil, is applied to every single value (after Text), never
	// to null. If it returns null the value is dropped. It may be called from
	// several goroutines at a time. It may return its argument or a part of the
	// text, but must not keep them.
	Convert func(value.Value) value.Value
}

// source returns the path that a field with options o is read from.
func (o *SlotOptions) source(path string) string {
	if o.Source != "" {
		return o.Source
	}
	return path
}

// A Layout maps the field paths that a set of rules reads to slots. Build it
// with Add and AddTyped; once a Record is made for it, it must not grow any
// more. From then on it is immutable and safe for concurrent use.
type Layout struct {
	paths     []string
	options   []SlotOptions // by slot
	index     map[slotKey]Slot
	lists     []elementList
	listPaths []string // of lists
	element   bool     // records hold elements of a list: the empty path is the element itself

	compile sync.Once
	nodes   []*node // the trie of paths; the first is the root
	typed   []bool  // by slot: whether values are converted
}

type slotKey struct{ path, name string }

// NewLayout returns an empty Layout.
func NewLayout() *Layout { return &Layout{index: make(map[slotKey]Slot)} }

// Add returns the slot of path, making one if need be.
func (l *Layout) Add(path string) Slot { return l.AddTyped(path, SlotOptions{}) }

// AddTyped returns the slot of path as o reads it, making one if need be. If
// there is a slot for path and o.Name already, that is the one, and the rest of
// o has no effect. It panics if l would grow after a Record was made for it.
func (l *Layout) AddTyped(path string, o SlotOptions) Slot {
	key := slotKey{path, o.Name}
	if s, ok := l.index[key]; ok {
		return s
	}
	if l.nodes != nil {
		panic("event: slot added to a layout that is in use")
	}
	s := Slot(len(l.paths))
	l.paths = append(l.paths, path)
	l.options = append(l.options, o)
	l.index[key] = s
	return s
}

// Len returns the number of slots.
func (l *Layout) Len() int { return len(l.paths) }

// Path returns the field path of s.
func (l *Layout) Path(s Slot) string { return l.paths[s] }

// Name returns the name of how s is read; "" is as it is.
func (l *Layout) Name(s Slot) string { return l.options[s].Name }

// Copy returns the slot of another layout that reads the same as s, making one
// if need be.
func (l *Layout) Copy(s Slot, to *Layout) Slot { return to.AddTyped(l.paths[s], l.options[s]) }

// Source returns the path that s is read from: Path unless the field is an alias.
func (l *Layout) Source(s Slot) string { return l.options[s].source(l.paths[s]) }

// Paths returns the field paths in slot order. A path occurs more than once if
// it is read in several ways. The caller must not change it.
func (l *Layout) Paths() []string { return l.paths }

// A node stands for a path or the beginning of one.
type node struct {
	id       int32            // index in Layout.nodes; smaller than those below
	children map[string]*node // by one segment
	slots    []Slot           // fields that end here
	lists    []List           // lists of elements that end here

	takesObjects  bool // whether a slot takes objects
	takesLiterals bool // whether a slot takes numbers as they are written
}

// build makes the trie; it is called once, before the layout is shared.
func (l *Layout) build() {
	root := l.newNode()
	for i := range l.paths {
		s := Slot(i)
		n := l.nodeAt(root, l.Source(s))
		n.slots = append(n.slots, s)
		o := &l.options[s]
		n.takesObjects = n.takesObjects || !o.Scalars
		n.takesLiterals = n.takesLiterals || o.Text
		l.typed = append(l.typed, o.Text || o.Convert != nil)
	}
	for i, e := range l.lists {
		n := l.nodeAt(root, e.path)
		n.lists = append(n.lists, List(i))
	}
}

// nodeAt returns the node of a path, making what there is not yet.
func (l *Layout) nodeAt(n *node, path string) *node {
	if l.element && path == "" {
		return n
	}
	for seg := range strings.SplitSeq(path, ".") {
		next := n.children[seg]
		if next == nil {
			next = l.newNode()
			n.children[seg] = next
		}
		n = next
	}
	return n
}

func (l *Layout) newNode() *node {
	n := &node{id: int32(len(l.nodes)), children: make(map[string]*node)}
	l.nodes = append(l.nodes, n)
	return n
}

// descend returns the node that a key with dots leads to, or nil.
func (n *node) descend(key string) *node {
	for seg := range strings.SplitSeq(key, ".") {
		if n = n.children[seg]; n == nil {
			return nil
		}
	}
	return n
}
