package pattern

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds the nesting of groups and complements.
const maxDepth = 1000

// A regexParser parses one regular expression of Lucene, all its optional
// operators included, by recursive descent:
//
//	union  = inter { "|" inter }
//	inter  = concat { "&" concat }
//	concat = repeat { repeat }               up to ")", "|", "&" or the end
//	repeat = compl { "?" | "*" | "+" | "{" n [ "," [ m ] ] "}" }
//	compl  = "~" compl | "[" [ "^" ] item { item } "]" | atom
//
// Where an operand must begin, every other operator is literal.
type regexParser struct {
	*termTable
	text  string
	pos   int // in bytes
	depth int
	fold  bool
}

// A parseError is what is wrong at which byte of a pattern. The parser panics
// with it and parse recovers it.
type parseError struct {
	offset int
	msg    string
}

func (p *regexParser) parse() (t *term, err *parseError) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*parseError)
			if !ok {
				panic(r)
			}
			t, err = nil, e
		}
	}()
	if p.text == "" {
		return p.empty, nil
	}
	t = p.union()
	if p.more() {
		p.fail(p.pos, "there is no \"(\" for this \")\"")
	}
	return t, nil
}

func (p *regexParser) fail(offset int, msg string) { panic(&parseError{offset, msg}) }

func (p *regexParser) more() bool { return p.pos < len(p.text) }

// at reports whether one of the ASCII characters of set comes next.
func (p *regexParser) at(set string) bool {
	return p.more() && strings.IndexByte(set, p.text[p.pos]) >= 0
}

// skip steps over c if it comes next.
func (p *regexParser) skip(c byte) bool {
	if !p.more() || p.text[p.pos] != c {
		return false
	}
	p.pos++
	return true
}

func (p *regexParser) next() symbol {
	if !p.more() {
		p.fail(p.pos, "the pattern ends where something to match is expected")
	}
	x, n := firstSymbol(p.text[p.pos:])
	p.pos += n
	return x
}

func (p *regexParser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.pos, "groups and complements are nested too deeply")
	}
}

func (p *regexParser) leave() { p.depth-- }

func (p *regexParser) union() *term {
	subs := []*term{p.inter()}
	for p.skip('|') {
		subs = append(subs, p.inter())
	}
	return p.alt(subs)
}

func (p *regexParser) inter() *term {
	subs := []*term{p.concat()}
	for p.skip('&') {
		subs = append(subs, p.concat())
	}
	return p.and(subs)
}

func (p *regexParser) concat() *term {
	parts := []*term{p.repetition()}
	for p.more() && !p.at(")|&") {
		parts = append(parts, p.repetition())
	}
	t := p.empty
	for _, x := range slices.Backward(parts) {
		t = p.cat(x, t)
	}
	return t
}

func (p *regexParser) repetition() *term {
	t := p.complement()
	for {
		switch {
		case p.skip('?'):
			t = p.repeat(t, 0, 1)
		case p.skip('*'):
			t = p.repeat(t, 0, many)
		case p.skip('+'):
			t = p.repeat(t, 1, many)
		case p.skip('{'):
			t = p.counted(t)
		default:
			return t
		}
	}
}

// counted parses what follows "{".
func (p *regexParser) counted(t *term) *term {
	start := p.pos
	least, ok := p.count()
	if !ok {
		p.fail(p.pos, "expected a number after \"{\"")
	}
	most := least
	if p.skip(',') {
		if most, ok = p.count(); !ok {
			most = many
		}
	}
	if !p.skip('}') {
		p.fail(p.pos, "expected \"}\"")
	}
	if most != many && least > most {
		p.fail(start, "the lower count of a repetition is above the upper one")
	}
	return p.repeat(t, least, most)
}

// count parses a number and reports false if there is none.
func (p *regexParser) count() (int32, bool) {
	start := p.pos
	for p.at("0123456789") {
		p.pos++
	}
	if start == p.pos {
		return 0, false
	}
	n, err := strconv.ParseInt(p.text[start:p.pos], 10, 32)
	if err != nil {
		p.fail(start, "the count of a repetition is too large")
	}
	return int32(n), true
}

func (p *regexParser) complement() *term {
	switch {
	case p.skip('~'):
		p.enter()
		defer p.leave()
		return p.not(p.complement())
	case p.skip('['):
		return p.class()
	default:
		return p.atom()
	}
}

func (p *regexParser) atom() *term {
	start := p.pos
	switch {
	case p.skip('.'):
		return p.set(anySymbol)
	case p.skip('#'):
		return p.none
	case p.skip('@'):
		return p.all
	case p.skip('"'):
		return p.quoted(start)
	case p.skip('('):
		return p.group(start)
	case p.skip('<'):
		return p.angled(start)
	case p.skip('\\'):
		x, set := p.escape()
		if set != nil {
			return p.set(set)
		}
		return p.literal(x)
	default:
		return p.literal(p.next())
	}
}

func (p *regexParser) literal(x symbol) *term { return p.set(literalSet(x, p.fold)) }

// quoted parses what follows the quotation mark at start, in which nothing is
// special.
func (p *regexParser) quoted(start int) *term {
	n := strings.IndexByte(p.text[p.pos:], '"')
	if n < 0 {
		p.fail(start, "this quotation mark is not closed")
	}
	end := p.pos + n
	var parts []*term
	for p.pos < end {
		parts = append(parts, p.literal(p.next()))
	}
	p.pos++
	t := p.empty
	for _, x := range slices.Backward(parts) {
		t = p.cat(x, t)
	}
	return t
}

// group parses what follows the parenthesis at start.
func (p *regexParser) group(start int) *term {
	if p.skip(')') {
		return p.empty
	}
	p.enter()
	defer p.leave()
	t := p.union()
	if !p.skip(')') {
		p.fail(start, "this \"(\" is not closed")
	}
	return t
}

// angled parses what follows the "<" at start: an interval of numbers.
func (p *regexParser) angled(start int) *term {
	n := strings.IndexByte(p.text[p.pos:], '>')
	if n < 0 {
		p.fail(start, "this \"<\" is not closed")
	}
	lo, hi, ok := strings.Cut(p.text[p.pos:p.pos+n], "-")
	if !ok {
		p.fail(start, "there are no named automata; \"<\" begins an interval such as <1-20>")
	}
	p.pos += n + 1
	t, ok := p.interval(lo, hi)
	if !ok {
		p.fail(start, "an interval needs two whole numbers below 2147483648, such as <1-20>")
	}
	return t
}

// escape parses what follows a backslash: a set, or a symbol if set is nil.
func (p *regexParser) escape() (x symbol, set charSet) {
	start := p.pos - 1
	switch x = p.next(); x {
	case 'd':
		return 0, digits
	case 'D':
		return 0, digits.complement()
	case 's':
		return 0, spaces
	case 'S':
		return 0, spaces.complement()
	case 'w':
		return 0, wordChars
	case 'W':
		return 0, wordChars.complement()
	}
	if x < utf8.RuneSelf && 'a' <= foldByte(byte(x)) && foldByte(byte(x)) <= 'z' {
		p.fail(start, "unknown escape \"\\"+string(x)+"\"; only d, D, s, S, w and W and characters that are no letters may follow \"\\\"")
	}
	return x, nil
}

// class parses what follows "[". Its first item may be any character, "]" too.
func (p *regexParser) class() *term {
	start := p.pos - 1
	negated := p.skip('^')
	spans := p.classItem(nil)
	for p.more() && !p.at("]") {
		spans = p.classItem(spans)
	}
	if !p.skip(']') {
		p.fail(start, "this \"[\" is not closed")
	}
	set := newCharSet(spans)
	if negated {
		set = set.complement()
	}
	return p.set(set)
}

// classItem appends what one item of a class stands for. Only a character that
// stands for itself matches in any case when folding; ranges and escapes do not.
func (p *regexParser) classItem(spans []span) []span {
	start := p.pos
	escaped := p.skip('\\')
	var first symbol
	if escaped {
		var set charSet
		if first, set = p.escape(); set != nil {
			return append(spans, set...)
		}
	} else {
		first = p.next()
	}
	last := first
	// An escaped backslash begins no range.
	if (!escaped || first != '\\') && p.skip('-') {
		p.skip('\\')
		last = p.next()
	}
	switch {
	case first > last:
		p.fail(start, "the first character of a range is above the last")
	case first == last:
		return append(spans, literalSet(first, p.fold && !escaped)...)
	}
	return append(spans, span{first, last})
}
