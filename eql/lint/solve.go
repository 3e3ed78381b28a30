package lint

// implies reports whether b holds whenever a does. Both are on one subject;
// single says that it never has more than one value.
func (a *test) implies(b *test, single bool) bool {
	if a.subject == "" || a.subject != b.subject {
		return false
	}
	if a.kind == exists {
		switch {
		case b.kind == exists:
			return a.not == b.not
		case a.not: // no value at all
			return b.not
		default:
			return false
		}
	}
	switch {
	case b.kind == exists:
		return !a.not && !b.not || a.not && b.not && a.kind == texts && a.text.isAll()
	case a.kind != b.kind:
		return false
	case !a.not && !b.not:
		return b.contains(a)
	case a.not && b.not:
		return a.contains(b)
	case b.not:
		return single && !a.meets(b)
	default:
		return false
	}
}

// contains reports whether the set of b is part of that of a.
func (a *test) contains(b *test) bool {
	switch a.kind {
	case texts:
		return a.text.covers(b.text)
	case numbers:
		return a.number.covers(b.number)
	case flag:
		return a.flag == b.flag
	default:
		return false
	}
}

// meets reports whether the sets of a and b have a value in common.
func (a *test) meets(b *test) bool {
	switch a.kind {
	case texts:
		return a.text.meets(b.text)
	case numbers:
		return len(a.number.meet(b.number)) > 0
	case flag:
		return a.flag == b.flag
	default:
		return true
	}
}

// contradict reports whether tests of one subject cannot hold together.
func contradict(tests []*test, single bool) bool {
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

// noneLeft reports whether a negation leaves the subject without any value.
func noneLeft(tests []*test) bool {
	for _, t := range tests {
		if t.not && t.kind == texts && t.text.isAll() {
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
		return text.covers(t.text)
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
			if !t.text.meets(o.text) {
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
		case t.not && t.text.coversOne(g), !t.not && !t.text.meetsOne(g):
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
