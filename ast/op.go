package ast

// An Op is an operator of EQL.
type Op uint8

// The operators, loosest first within each group.
const (
	NoOp Op = iota

	Or
	And
	Not

	Eq
	Ne
	Lt
	Le
	Gt
	Ge

	Add
	Sub
	Mul
	Div
	Mod

	Neg
	Plus

	In
	InFold
	Colon
	Like
	LikeFold
	Regex
	RegexFold
)

var opText = [...]string{
	NoOp: "no operator",
	Or:   "or", And: "and", Not: "not",
	Eq: "==", Ne: "!=", Lt: "<", Le: "<=", Gt: ">", Ge: ">=",
	Add: "+", Sub: "-", Mul: "*", Div: "/", Mod: "%",
	Neg: "-", Plus: "+",
	In: "in", InFold: "in~", Colon: ":", Like: "like", LikeFold: "like~", Regex: "regex", RegexFold: "regex~",
}

// String returns the operator as it is written.
func (op Op) String() string { return opText[op] }

// IsLogic reports whether op is or, and, or not.
func (op Op) IsLogic() bool { return op >= Or && op <= Not }

// IsComparison reports whether op is one of == != < <= > >=.
func (op Op) IsComparison() bool { return op >= Eq && op <= Ge }

// IsArithmetic reports whether op is one of + - * / %.
func (op Op) IsArithmetic() bool { return op >= Add && op <= Mod }

// IsPattern reports whether op takes patterns: :, like, like~, regex, regex~.
func (op Op) IsPattern() bool { return op >= Colon }

// FoldsCase reports whether op ignores the case of letters.
func (op Op) FoldsCase() bool {
	return op == InFold || op == Colon || op == LikeFold || op == RegexFold
}
