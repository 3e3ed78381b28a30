package rule

import "github.com/eqlkit/eqlkit/ast/source"

// readIgnore reads [metadata.eqlkit], which any layout may have.
func (in *reading) readIgnore(metadata *section) []Directive {
	if metadata == nil {
		return nil
	}
	own := metadata.sub("eqlkit")
	if own == nil {
		return nil
	}
	defer own.close()
	texts := own.list("ignore")
	if texts == nil {
		return nil
	}
	it := own.table.get("ignore")
	items := []*item{it}
	if list, ok := it.val.(*array); ok {
		items = list.items
	}
	at := newCursor(in.doc.file.Text)
	out := make([]Directive, len(texts))
	for i, text := range texts {
		span := items[i].span
		out[i] = Directive{Text: text, Source: &source.File{
			Name:    in.path,
			Text:    in.doc.file.Slice(span),
			Anchors: []source.Anchor{{Position: at.position(span.Start.Offset())}},
		}}
	}
	return out
}
