package lint

// implies reports whether o holds whenever t does. Both are on one subject;
// single says that it never has more than one value.
func (t *test) implies(o *test, single bool) bool {
	if t.subject == "" || t.subject != o.subject {
		return false
	}
	if t.kind == exists {
		switch {
		case o.kind == exists:
			return t.not == o.not
		case t.not: // no value at all
			return o.not
		default:
			return false
		}
	}
	switch {
	case o.kind == exists:
		return !t.not && !o.not || t.not && o.not && t.kind == texts && t.isText && t.text.isAll()
	case t.kind != o.kind:
		return false
	case !t.not && !o.not:
		return o.contains(t)
	case t.not && o.not:
		return t.contains(o)
	case o.not:
		return single && !t.meets(o)
	default:
		return false
	}
}

// contains reports whether the set of o is part of that of t.
func (t *test) contains(o *test) bool {
	switch t.kind {
	case texts:
		return t.text.covers(o.text, t.work)
	case numbers:
		return t.number.covers(o.number)
	case flag:
		return t.flag == o.flag
	default:
		return false
	}
}

// meets reports whether the sets of t and o have a value in common.
func (t *test) meets(o *test) bool {
	switch t.kind {
	case texts:
		return t.text.meets(o.text, t.work)
	case numbers:
		return len(t.number.meet(o.number)) > 0
	case flag:
		return t.flag == o.flag
	default:
		return true
	}
}

// contradict reports whether tests of one subject cannot hold together.
func contradict(tests []*test, single bool) bool {
	if len(tests) == 0 || tests[0].work.isSpent() {
		return false
	}
	var missing, present bool
	for _, t := range tests {
		switch {
		case t.kind == exists && t.not:
			missing = true
		case !t.not:
			present = true
		}
	}
	if missing && present {
		return true
	}
	for _, t := range tests {
		if !t.not && t.kind != exists && excluded(t, tests) {
			return true
		}
	}
	if present && noneLeft(tests) {
		return true
	}
	return single && (textsContradict(tests) || numbersContradict(tests) || flagsContradict(tests))
}

// noneLeft reports whether a negation leaves the subject without any value:
// `not x : "*"`, unless x may be something else than text.
func noneLeft(tests []*test) bool {
	for _, t := range tests {
		if t.not && t.kind == texts && t.isText && t.text.isAll() {
			return true
		}
	}
	return false
}

// excluded reports whether negations of the others rule out every value of t.
func excluded(t *test, tests []*test) bool {
	var text textSet
	var number numberSet
	for _, o := range tests {
		if !o.not || o.kind != t.kind {
			continue
		}
		if t.kind == flag && o.flag == t.flag {
			return true
		}
		text = append(text, o.text...)
		number = append(number, o.number...)
	}
	switch {
	case t.kind == texts && text != nil:
		return text.covers(t.text, t.work)
	case t.kind == numbers && number != nil:
		return len(t.number.without(number)) == 0
	default:
		return false
	}
}

func textsContradict(tests []*test) bool {
	var finite *test
	var positive []*test
	for _, t := range tests {
		if t.kind != texts || t.not {
			continue
		}
		positive = append(positive, t)
		if t.text.isFinite() && (finite == nil || len(t.text) < len(finite.text)) {
			finite = t
		}
	}
	if finite != nil {
		for i := range finite.text {
			if possible(&finite.text[i], tests) {
				return false
			}
		}
		return true
	}
	for i, t := range positive {
		for _, o := range positive[:i] {
			if !t.text.meets(o.text, t.work) {
				return true
			}
		}
	}
	return false
}

// possible reports whether one string (in any case, if it is folded) passes all
// the tests.
func possible(g *glob, tests []*test) bool {
	for _, t := range tests {
		switch {
		case t.kind != texts:
		case t.not && t.text.coversOne(g, t.work), !t.not && !t.text.meetsOne(g, t.work):
			return false
		}
	}
	return true
}

func numbersContradict(tests []*test) bool {
	var left numberSet
	found := false
	for _, t := range tests {
		switch {
		case t.kind != numbers || t.not:
		case !found:
			left, found = t.number.meet(t.number), true
		default:
			left = left.meet(t.number)
		}
	}
	if !found {
		return false
	}
	for _, t := range tests {
		if t.kind == numbers && t.not {
			left = left.without(t.number)
		}
	}
	return len(left) == 0
}

func flagsContradict(tests []*test) bool {
	var yes, no bool
	for _, t := range tests {
		if t.kind == flag && !t.not {
			yes, no = yes || t.flag, no || !t.flag
		}
	}
	return yes && no
}
