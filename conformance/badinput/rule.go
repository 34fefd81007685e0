package badinput

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// rule is what a tag asks of a member.
type rule struct {
	name, place                string // place: "path", "query", "header", or "" for the body
	required, iso              bool
	length, count, keys, value bounds
	form, keyForm              string
}

// bounds are those of a tag; an end that is open is not there.
type bounds struct{ min, max *int }

// ruleOf reads the tag of a field, which may say that the field is not on the wire.
func ruleOf(f reflect.StructField) (rule, bool) {
	r := rule{name: f.Name}
	tag := f.Tag.Get("wire")
	if tag == "-" || f.Name == "ResultMetadata" {
		return r, false
	}
	for part := range strings.SplitSeq(tag, ",") {
		key, text, _ := strings.Cut(part, "=")
		switch key {
		case "", "unfilled":
		case "required":
			r.required = true
		case "iso8601":
			r.iso = true
		case "path", "query", "header":
			r.place, r.name = key, text
		case "name":
			r.name = text
		case "len":
			r.length = boundsOf(text)
		case "count":
			r.count = boundsOf(text)
		case "keylen":
			r.keys = boundsOf(text)
		case "range":
			r.value = boundsOf(text)
		case "form":
			r.form = text
		case "keys":
			r.keyForm = text
		default:
			panic("badinput: there is no rule " + part)
		}
	}
	return r, true
}

func boundsOf(text string) bounds {
	low, high, _ := strings.Cut(text, "..")
	return bounds{number(low), number(high)}
}

func number(text string) *int {
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("badinput: bounds %q: %v", text, err))
	}
	return &n
}

// least is the smallest number allowed, not below otherwise.
func (b bounds) least(otherwise int) int {
	if b.min == nil {
		return otherwise
	}
	return max(*b.min, otherwise)
}

// form is an example of a form, with what may be repeated to make it longer, and texts that do not have it.
type form struct {
	good, fill string
	letters    bool // of any script
	bad        []string
}

const uuid = "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11"

var forms = map[string]form{
	"":                 {fill: "a", letters: true},
	"alias":            {fill: "a", bad: []string{"a b", "a__b", "_a", "é"}},
	"alphanumeric":     {fill: "a", bad: []string{"a-", "é"}},
	"application-name": {fill: "a", bad: []string{"a.b", "é"}},
	"arn":              {fill: "a", bad: []string{" ", "_", "é"}},
	"attribute":        {fill: "a", bad: []string{"a b", "a.b", "é"}},
	"contact-tag":      {fill: "a", bad: []string{"a b", "a@b", "é", "aws:a"}},
	"date":             {good: "2026-12-24", bad: []string{"a", "24.12.2026", "2026-12-24T00:00"}},
	"human-name":       {fill: "a", letters: true, bad: []string{"", "a\x01", strings.Repeat("a", 128)}},
	"human-text":       {fill: "a", letters: true, bad: []string{"", "a\x01", strings.Repeat("a", 251)}},
	"instance":         {good: uuid, bad: []string{"a", "arn:aws:connect:us-east-1:111122223333:instance/a", strings.ToUpper(uuid)}},
	"oauth-error":      {fill: "a", bad: []string{`a"b`, `a\b`, "é", "a\n"}},
	"page-token":       {fill: "a", bad: []string{"a b", "é"}},
	"phone":            {good: "+15550100", bad: []string{"15550100", "+0", "a"}},
	"region":           {good: "us-east-1", fill: "a", bad: []string{"US-EAST-1", "a"}},
	"s3-uri":           {good: "s3://bucket/key", fill: "a", bad: []string{"a", "s3://bucket"}},
	"sha256":           {good: strings.Repeat("a", 64), bad: []string{"a", strings.Repeat("-", 64)}},
	"tag":              {fill: "a", letters: true, bad: []string{"a#b", "aws:a"}},
	"token":            {fill: "a", letters: true, bad: []string{"a#b", "a!"}},
	"view-id":          {fill: "a", bad: []string{"a b", "a.b", "é"}},
	"view-instance":    {fill: "a", bad: []string{"a b", "a$b", "é"}},
	"view-name":        {fill: "a", letters: true, bad: []string{"a,b", " a", "a#b"}},
	"visible":          {fill: "a", letters: true, bad: []string{" ", "\t"}},
	"view-text":        {fill: "a", letters: true, bad: []string{"a#b", " a"}},
}

func formOf(name string) form {
	f, ok := forms[name]
	if !ok {
		panic("badinput: there is no form " + name)
	}
	return f
}

// text has the form and at least so many characters.
func (f form) text(n int) string {
	if f.fill == "" {
		return f.good
	}
	return f.good + strings.Repeat(f.fill, max(0, n-len(f.good)))
}
