package ast

import (
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A remark is one or more comments of one line.
type remark struct {
	text string
	own  bool // alone on its lines
}

// open takes up the comments of q, and reads those before the first token. It
// puts all of them there if there is no source to tell their places.
func (f *formatter) open(q *Query) {
	if q.File == nil {
		for _, c := range q.Comments {
			f.ahead = append(f.ahead, remark{text: c.Text, own: true})
		}
		return
	}
	f.file, f.comments = q.File, q.Comments
	f.reach(-1)
}

// finish writes the comments behind the last token.
func (f *formatter) finish() {
	for _, c := range f.comments {
		f.ahead = append(f.ahead, remark{text: c.Text, own: true})
	}
	f.place("")
}

// begin begins a group. Comments in front of its first token stay outside it,
// so that they do not break it.
func (f *formatter) begin(kind itemKind) {
	f.place("")
	f.add(kind)
}

// brk writes a blank between two tokens.
func (f *formatter) brk(kind itemKind) {
	f.trail()
	f.add(kind)
}

// word writes a blank and a token.
func (f *formatter) word(s string) {
	f.brk(spaceItem)
	f.token(s)
}

// token writes a token that looks like itself in the source.
func (f *formatter) token(s string) {
	f.place(s)
	f.text(textItem, s)
	f.last = s
	if len(f.comments) == 0 {
		return
	}
	if strings.HasPrefix(f.file.Text[f.cursor:], s) {
		f.reach(f.cursor + len(s))
	}
}

// node writes the token or tokens of n, which may look different in the source.
func (f *formatter) node(s string, n Node) {
	span := n.Span()
	for len(f.comments) > 0 && f.comments[0].Range.Start < span.Start {
		f.reach(f.comments[0].Range.End.Offset())
	}
	f.place(s)
	f.text(textItem, s)
	f.last = s
	if len(f.comments) > 0 && span.End.Offset() > f.cursor {
		f.reach(min(span.End.Offset(), len(f.file.Text)))
	}
}

// commented reports whether the next token begins a line because of a comment.
func (f *formatter) commented() bool {
	return f.behind != "" || len(f.ahead) > 0 && f.ahead[0].own
}

// trail writes the comment that ends the current line.
func (f *formatter) trail() {
	if f.behind != "" {
		f.text(trailingItem, f.behind)
		f.behind = ""
	}
}

// place writes the comments before the token next.
func (f *formatter) place(next string) {
	f.trail()
	for len(f.ahead) > 0 {
		f.placeLines()
		if len(f.ahead) == 0 {
			return
		}
		r := f.ahead[0]
		f.ahead = f.ahead[1:]
		if !strings.HasSuffix(f.last, "(") && !strings.HasSuffix(f.last, "[") {
			f.add(spaceItem)
		}
		f.text(textItem, r.text)
		if next != ")" && next != "]" && next != "," {
			f.add(spaceItem)
		}
	}
}

// placeLines writes the comments that come next on lines of their own.
func (f *formatter) placeLines() {
	for len(f.ahead) > 0 && f.ahead[0].own {
		f.trail()
		f.add(hardItem)
		f.text(textItem, f.ahead[0].text)
		f.add(hardItem)
		f.ahead = f.ahead[1:]
	}
}

// outdent ends the indented content of a group. Comments on lines of their own
// before its closing token belong to the content.
func (f *formatter) outdent() {
	f.placeLines()
	f.add(dedentItem)
}

// reach moves the cursor from the end of a token to the next token, and sorts
// the comments between them by where they belong. The end is -1 before the
// first token.
func (f *formatter) reach(end int) {
	if len(f.comments) == 0 {
		return
	}
	text := f.file.Text
	f.cursor = skipBlanks(text, max(end, 0))
	n := 0
	for n < len(f.comments) && f.comments[n].Range.Start.Offset() <= f.cursor {
		f.cursor = skipBlanks(text, max(f.cursor, f.comments[n].Range.End.Offset()))
		n++
	}
	found := f.comments[:n]
	f.comments = f.comments[n:]
	for first := true; len(found) > 0; first = false {
		// The comments that share a line, which is the last token's or not,
		// and ends before the next token or not.
		n := 1
		for n < len(found) && !found[n-1].isLine() && !f.linesApart(found[n-1].Range.End, found[n].Range.Start) {
			n++
		}
		line := found[:n]
		found = found[n:]
		begins := !first || end < 0 || f.linesApart(source.PosAt(end), line[0].Range.Start)
		last := line[n-1]
		ends := len(found) > 0 || f.cursor == len(text) || last.isLine() ||
			f.linesApart(last.Range.End, source.PosAt(f.cursor))
		if ends && !begins {
			f.behind = joinComments(line)
		} else {
			f.ahead = append(f.ahead, remark{text: joinComments(line), own: ends})
		}
	}
}

// linesApart reports whether a line ends between two places.
func (f *formatter) linesApart(from, to source.Pos) bool {
	return strings.ContainsAny(f.file.Slice(source.Span{Start: from, End: to}), "\r\n")
}

func (x *Comment) isLine() bool { return strings.HasPrefix(x.Text, "//") }

func joinComments(list []*Comment) string {
	text := make([]string, len(list))
	for i, c := range list {
		text[i] = c.Text
	}
	return strings.Join(text, " ")
}

// skipBlanks returns the offset of the first byte from offset on that is not blank.
func skipBlanks(text string, offset int) int {
	offset = min(offset, len(text))
	for offset < len(text) && strings.IndexByte(" \t\r\n", text[offset]) >= 0 {
		offset++
	}
	return offset
}
