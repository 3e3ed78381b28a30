package parser

import (
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// advice returns the hint for an unexpected token whose message says no more
// than what was expected; "" if there is nothing to add.
func (r *reporter) advice(s *surprise, tok *lexer.Token) string {
	switch {
	case s.want.isStep():
		return r.stepAdvice(s, tok)
	case s.want == wantQuery && tok.Value == "where":
		return "an event category stands before it, or any for every one: any where ..."
	case s.want == wantWhere && tok.Value == "]":
		return "a step has an event category before its condition: [any where ...]"
	case s.want == wantWhere && startsOperand(tok):
		return meant(tok.Value, []string{"where"}, "where stands between the event category and the condition")
	case s.index == 0:
		return ""
	}
	switch prev := &r.tokens[s.index-1]; {
	case prev.Value == ",":
		return "leave out the comma before it"
	case prev.Value == "*" && tok.Value == "/" && r.adjacent(s.index):
		return "there is no comment to end: each */ needs its /*"
	case (tok.Value == ")" || tok.Value == "]") && r.innermost(s.index) < 0:
		return "no bracket is open here"
	case s.want == wantList && isLiteral(tok):
		return fmt.Sprintf("write %s (%s)", prev.Value, clip(tok.Value))
	case s.want == wantList && tok.Type == identToken:
		return fmt.Sprintf(`write %s ("a", "b")`, prev.Value)
	case s.want == wantOperator && headerWord(tok) && !r.inSteps():
		return fmt.Sprintf("%s belongs to a sequence of several steps", tok.Value)
	case s.want == wantBracket && headerWord(tok):
		return fmt.Sprintf("%s stands behind the bracket of a step: [...] %s ...", tok.Value, tok.Value)
	case s.want.isOperator() && tok.Type == identToken:
		if advice := foreignWords[strings.ToLower(tok.Value)]; advice != "" {
			return advice
		}
		return meant(tok.Value, []string{"and", "or", "in", "like", "regex"}, "")
	}
	return ""
}

// foreignWords maps operators of other languages, in lower case, to advice.
var foreignWords = map[string]string{
	"contains":   `write : "*text*", or stringContains(field, "text")`,
	"startswith": `write : "text*", or startsWith(field, "text")`,
	"endswith":   `write : "*text", or endsWith(field, "text")`,
	"matches":    "write : for wildcards, regex for a regular expression",
	"match":      "write : for wildcards, regex for a regular expression",
	"rlike":      "write regex",
	"ilike":      "write like~",
	"exists":     "write field != null",
	"between":    "write field >= 1 and field <= 5",
	"equals":     "write ==",
	"eq":         "write ==",
	"ne":         "write !=",
	"gt":         "write >",
	"gte":        "write >=",
	"lt":         "write <",
	"lte":        "write <=",
	"xor":        "write (a and not b) or (b and not a)",
	"head":       "a pipe begins with a bar: | head 10",
	"tail":       "a pipe begins with a bar: | tail 10",
}

// headerWord reports whether tok begins a clause of sequences.
func headerWord(tok *lexer.Token) bool {
	return tok.Value == "by" || tok.Value == "with" || tok.Value == "until"
}

// stepAdvice is advice where a step was expected.
func (r *reporter) stepAdvice(s *surprise, tok *lexer.Token) string {
	next := &r.tokens[min(s.index+1, len(r.tokens)-1)]
	prev := &r.tokens[s.index-1]
	switch {
	case next.Value == "where":
		return fmt.Sprintf("put the step in brackets: [%s where ...]", clip(tok.Value))
	case tok.Value == ",", tok.Value == "and", tok.Value == "or":
		return "steps follow each other with nothing between them: [...] [...]"
	case tok.Value == "]":
		return "no bracket is open here"
	case tok.Type != identToken:
		return ""
	}
	if hint := meant(tok.Value, []string{"by", "with", "until"}, ""); hint != "" {
		return hint
	}
	switch {
	case s.want == wantHeader, s.want == wantSampleKeys:
		return fmt.Sprintf("join keys stand behind by: %s by %s", prev.Value, clip(tok.Value))
	case s.want == wantStep && prev.Type == identToken:
		return fmt.Sprintf("separate the keys by commas: %s, %s", clip(prev.Value), clip(tok.Value))
	}
	return ""
}

func isLiteral(tok *lexer.Token) bool {
	switch tok.Type {
	case stringToken, rawStringToken, numberToken:
		return true
	}
	return false
}
