package pattern

// Prefix returns a Matcher for texts that begin with text, which is taken
// literally. With fold, case does not matter.
func Prefix(text string, fold bool) Matcher {
	if !fold {
		return prefix(text)
	}
	return literalGlob(false, text, true)
}

// Suffix returns a Matcher for texts that end with text, which is taken
// literally. With fold, case does not matter.
func Suffix(text string, fold bool) Matcher {
	if !fold {
		return suffix(text)
	}
	return literalGlob(true, text, false)
}

// Contains returns a Matcher for texts that contain text, which is taken
// literally. With fold, case does not matter.
func Contains(text string, fold bool) Matcher {
	switch {
	case text == "":
		return everything{}
	case !fold:
		n := newNeedle(text)
		return &n
	default:
		return literalGlob(true, text, true)
	}
}

// literalGlob returns a Matcher for text in any case, and whatever stands before
// and behind it.
func literalGlob(before bool, text string, behind bool) Matcher {
	var symbols []symbol
	if before {
		symbols = append(symbols, anyMany)
	}
	for text != "" {
		x, n := firstSymbol(text)
		symbols = append(symbols, foldSymbol(x))
		text = text[n:]
	}
	if behind {
		symbols = append(symbols, anyMany)
	}
	return matchGlobs([]glob{newGlob(symbols)}, true)
}
