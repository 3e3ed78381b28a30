package evaltest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parseLucene parses Lucene's syntax with all its optional operators. With fold,
// literal characters stand for all cases of them; ranges and escaped classes
// do not.
func parseLucene(pattern string, fold bool) (re *lucene, err error) {
	defer func() {
		if e, ok := recover().(luceneError); ok {
			re, err = nil, errors.New(string(e))
		}
	}()
	p := &luceneParser{rest: []rune(pattern), fold: fold}
	if pattern == "" {
		return &lucene{kind: inOrder}, nil
	}
	re = p.union()
	if len(p.rest) > 0 {
		p.fail("end of pattern expected at %q", string(p.rest))
	}
	return re, nil
}

// A luceneError is what the parser panics with; parseLucene catches it.
type luceneError string

type luceneParser struct {
	rest []rune
	fold bool
}

func (p *luceneParser) fail(msg string, args ...any) { panic(luceneError(fmt.Sprintf(msg, args...))) }

func (p *luceneParser) more() bool { return len(p.rest) > 0 }

// peek reports whether the next character is one of chars.
func (p *luceneParser) peek(chars string) bool {
	return p.more() && strings.ContainsRune(chars, p.rest[0])
}

func (p *luceneParser) accept(c rune) bool {
	if p.more() && p.rest[0] == c {
		p.rest = p.rest[1:]
		return true
	}
	return false
}

func (p *luceneParser) next() rune {
	if !p.more() {
		p.fail("unexpected end of pattern")
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	return c
}

func (p *luceneParser) union() *lucene {
	parts := []*lucene{p.inter()}
	for p.accept('|') {
		parts = append(parts, p.inter())
	}
	return group(anyOf, parts)
}

func (p *luceneParser) inter() *lucene {
	parts := []*lucene{p.concat()}
	for p.accept('&') {
		parts = append(parts, p.concat())
	}
	return group(allOf, parts)
}

func (p *luceneParser) concat() *lucene {
	parts := []*lucene{p.repeat()}
	for p.more() && !p.peek(")|&") {
		parts = append(parts, p.repeat())
	}
	return group(inOrder, parts)
}

func group(kind luceneKind, parts []*lucene) *lucene {
	if len(parts) == 1 {
		return parts[0]
	}
	return &lucene{kind: kind, parts: parts}
}

func (p *luceneParser) repeat() *lucene {
	re := p.compl()
	for p.peek("?*+{") {
		lo, hi := 0, -1
		switch p.next() {
		case '?':
			hi = 1
		case '+':
			lo = 1
		case '{':
			lo = p.integer()
			hi = lo
			if p.accept(',') {
				hi = -1
				if !p.peek("}") {
					hi = p.integer()
				}
			}
			if !p.accept('}') {
				p.fail("expected '}'")
			}
			if hi >= 0 && hi < lo {
				p.fail("repetition %d to %d", lo, hi)
			}
		}
		re = &lucene{kind: repeated, parts: []*lucene{re}, min: lo, max: hi}
	}
	return re
}

func (p *luceneParser) integer() int {
	digits := ""
	var digitsSb127 strings.Builder
	for p.peek("0123456789") {
		digitsSb127.WriteString(string(p.next()))
	}
	digits += digitsSb127.String()
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		p.fail("integer expected")
	}
	return int(n)
}

func (p *luceneParser) compl() *lucene {
	if p.accept('~') {
		return &lucene{kind: butNot, parts: []*lucene{p.compl()}}
	}
	return p.class()
}

func (p *luceneParser) class() *lucene {
	if !p.accept('[') {
		return p.simple()
	}
	negated := p.accept('^')
	items := []func(rune) bool{p.item()}
	for p.more() && !p.peek("]") {
		items = append(items, p.item())
	}
	if !p.accept(']') {
		p.fail("expected ']'")
	}
	return oneOf(func(r rune) bool {
		for _, in := range items {
			if in(r) {
				return !negated
			}
		}
		return negated
	})
}

func (p *luceneParser) item() func(rune) bool {
	if class := p.escapedClass(); class != nil {
		return class
	}
	from := p.character()
	if !p.accept('-') {
		return p.literal(from)
	}
	to := p.character()
	if from > to {
		p.fail("range from %q to %q", from, to)
	}
	if from == to {
		return p.literal(from)
	}
	return func(r rune) bool { return from <= r && r <= to }
}

func (p *luceneParser) simple() *lucene {
	switch {
	case p.accept('.'):
		return anything()
	case p.accept('#'):
		return &lucene{kind: anyOf}
	case p.accept('@'):
		return &lucene{kind: repeated, parts: []*lucene{anything()}, max: -1}
	case p.accept('"'):
		var parts []*lucene
		for !p.accept('"') {
			parts = append(parts, oneOf(p.literal(p.next())))
		}
		return &lucene{kind: inOrder, parts: parts}
	case p.accept('('):
		if p.accept(')') {
			return &lucene{kind: inOrder}
		}
		re := p.union()
		if !p.accept(')') {
			p.fail("expected ')'")
		}
		return re
	case p.accept('<'):
		return p.interval()
	}
	if class := p.escapedClass(); class != nil {
		return oneOf(class)
	}
	return oneOf(p.literal(p.character()))
}

// character reads one code point, which a backslash may precede.
func (p *luceneParser) character() rune {
	p.accept('\\')
	return p.next()
}

// escapedClass reads \d, \w, \s, their complements and \\. It returns nil if
// there is none of them.
func (p *luceneParser) escapedClass() func(rune) bool {
	if len(p.rest) < 2 || p.rest[0] != '\\' {
		return nil
	}
	c := p.rest[1]
	in := map[rune]func(rune) bool{'d': isDigit, 'w': isWord, 's': isSpace, '\\': is('\\')}[c]
	if in == nil {
		if positive := map[rune]func(rune) bool{'D': isDigit, 'W': isWord, 'S': isSpace}[c]; positive != nil {
			in = func(r rune) bool { return !positive(r) }
		}
	}
	if in != nil {
		p.rest = p.rest[2:]
		return in
	}
	if isLetter(c) {
		p.fail(`invalid character class \%c`, c)
	}
	return nil
}

// interval reads "n-m>" and returns the numbers from n to m in decimal: of the
// width of n and m if they have one, with any zeros in front otherwise.
func (p *luceneParser) interval() *lucene {
	inside := ""
	var insideSb249 strings.Builder
	for !p.accept('>') {
		insideSb249.WriteString(string(p.next()))
	}
	inside += insideSb249.String()
	from, to, ok := strings.Cut(inside, "-")
	lo, errLo := strconv.ParseInt(from, 10, 32)
	hi, errHi := strconv.ParseInt(to, 10, 32)
	if !ok || errLo != nil || errHi != nil || lo < 0 || hi < 0 {
		p.fail("interval <%s>", inside)
	}
	lo, hi = min(lo, hi), max(lo, hi)
	alternatives := &lucene{kind: anyOf}
	for n := lo; n <= hi; n++ {
		digits := strconv.FormatInt(n, 10)
		var parts []*lucene
		if len(from) == len(to) {
			digits = strings.Repeat("0", max(0, len(from)-len(digits))) + digits
		} else {
			parts = append(parts, &lucene{kind: repeated, parts: []*lucene{oneOf(is('0'))}, max: -1})
		}
		for _, d := range digits {
			parts = append(parts, oneOf(is(d)))
		}
		alternatives.parts = append(alternatives.parts, &lucene{kind: inOrder, parts: parts})
		if len(alternatives.parts) > maxInterval {
			p.fail("interval <%s> is too long", inside)
		}
	}
	return alternatives
}

// maxInterval bounds the numbers of an interval, which are written out.
const maxInterval = 10_000

func oneOf(class func(rune) bool) *lucene { return &lucene{kind: oneRune, class: class} }

func anything() *lucene { return oneOf(func(rune) bool { return true }) }

// literal is the class of c and, if case is ignored, of its other cases.
func (p *luceneParser) literal(c rune) func(rune) bool {
	if p.fold {
		return func(r rune) bool { return foldRune(r) == foldRune(c) }
	}
	return is(c)
}

func is(c rune) func(rune) bool { return func(r rune) bool { return r == c } }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isWord(r rune) bool { return isDigit(r) || isLetter(r) || r == '_' }

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }
