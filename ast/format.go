package ast

import (
	"math"

	"github.com/eqlkit/eqlkit/ast/source"
)

// lineLimit is how wide Format makes a line where it has the choice, in runes.
const lineLimit = 100

// Format returns q in the canonical layout, ending in a newline.
//
// A query that fits in a line of 100 columns stays on one. Otherwise the
// operands of its "and" and "or" get a line each, and long lists are wrapped
// inside their parentheses. Sequences and samples always have one step per line.
//
// The result parses to a tree that is Equal to q, and formatting that tree
// gives the same text. Parentheses, numbers, durations, function names and raw
// strings stay as they were written; names and categories are quoted only where
// they must be. Every comment of q is kept next to the token it stood by,
// without a change to its text: behind it at the end of the line, in front of
// it, or on lines of its own above it.
//
// A tree that was not parsed needs no positions and no File. Format adds the
// parentheses that its operators need.
func Format(q *Query) string {
	var f formatter
	f.open(q)
	f.query(q)
	f.finish()
	return f.print(lineLimit) + "\n"
}

// FormatExpr returns x on one line, without comments, for messages and plans.
func FormatExpr(x Expr) string {
	var f formatter
	f.expr(x, precLowest)
	return f.print(math.MaxInt64 / 2)
}

// A formatter writes a tree to its layout token by token. While it does, it
// follows the tokens through the source to find the place of each comment.
type formatter struct {
	layout
	file     *source.File
	comments []*Comment // that have not been reached
	cursor   int        // offset of the next token of the source
	last     string     // the token written last
	behind   string     // comment to write behind it, at the end of its line
	ahead    []remark   // comments to write in front of the next token
}

func (f *formatter) query(q *Query) {
	switch body := q.Body.(type) {
	case *Sequence:
		f.sequence(body)
	case *Sample:
		f.sample(body)
	case *EventFilter:
		f.begin(groupItem)
		f.filter("", body, "")
	}
	for _, p := range q.Pipes {
		f.brk(lineItem)
		f.pipe(p)
	}
	if _, ok := q.Body.(*EventFilter); ok {
		f.add(closeItem)
	}
}

func (f *formatter) sequence(x *Sequence) {
	f.token("sequence")
	f.keys(x.By)
	if x.MaxSpan != nil {
		f.word("with")
		f.brk(spaceItem)
		f.token("maxspan")
		f.token("=")
		f.node(durationText(f.file, x.MaxSpan), x.MaxSpan)
	}
	f.steps(x.Terms)
	if x.Until != nil {
		f.brk(hardItem)
		f.token("until")
		f.brk(spaceItem)
		f.term(x.Until)
	}
}

func (f *formatter) sample(x *Sample) {
	f.token("sample")
	f.keys(x.By)
	f.steps(x.Terms)
}

func (f *formatter) steps(terms []*Term) {
	f.add(indentItem)
	for _, t := range terms {
		f.brk(hardItem)
		f.term(t)
	}
	f.add(dedentItem)
}

func (f *formatter) term(x *Term) {
	open := "["
	if x.Missing {
		open = "!["
	}
	f.filter(open, x.Filter, "]")
	f.keys(x.By)
	if x.Runs != nil {
		f.word("with")
		f.brk(spaceItem)
		f.token("runs")
		f.token("=")
		f.node(runsText(x.Runs), x.Runs)
	}
	if x.Alias != nil {
		f.word("as")
		f.brk(spaceItem)
		f.token(x.Alias.Name)
	}
}

// keys writes "by" and the keys behind the text before it.
func (f *formatter) keys(by []Expr) {
	if len(by) == 0 {
		return
	}
	f.word("by")
	f.brk(spaceItem)
	f.add(indentItem)
	f.add(indentItem) // further than steps
	f.commas(by)
	f.add(dedentItem)
	f.add(dedentItem)
}

// filter writes a filter between brackets, or bare if they are empty.
func (f *formatter) filter(open string, x *EventFilter, end string) {
	f.begin(groupItem)
	if open != "" {
		f.token(open)
	}
	f.node(categoryText(x.Category), x.Category)
	f.word("where")
	f.inside(lineItem, x.Where, end != "")
	if end != "" {
		f.token(end)
	}
	f.add(closeItem)
}

// inside writes the whole content of a filter or a parenthesis, whose group is
// open: a chain on lines of its own, anything else on the line where it is.
func (f *formatter) inside(before itemKind, x Expr, after bool) {
	chain, ok := x.(*Binary)
	ok = ok && chain.Op.IsLogic()
	if !ok && !f.commented() {
		if before == lineItem {
			f.brk(spaceItem)
		}
		f.expr(x, precLowest)
		return
	}
	f.add(indentItem)
	f.brk(before)
	if ok {
		f.chain(chain, false)
	} else {
		f.expr(x, precLowest)
	}
	f.outdent()
	if after {
		f.brk(softItem)
	}
}

func (f *formatter) pipe(x *Pipe) {
	f.token("|")
	f.brk(spaceItem)
	f.token(x.Name.Name)
	if len(x.Args) > 0 {
		f.brk(spaceItem)
		f.commas(x.Args)
	}
}

// commas writes a list that is wrapped like a paragraph.
func (f *formatter) commas(list []Expr) {
	f.begin(fillItem)
	for i, x := range list {
		if i > 0 {
			f.token(",")
			f.brk(lineItem)
		}
		f.expr(x, precLowest)
	}
	f.add(closeItem)
}
