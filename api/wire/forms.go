package wire

import (
	"fmt"
	"regexp"
	"strings"
)

// form is what a text may look like.
type form struct {
	rule    string // what the text must do
	pattern *regexp.Regexp
	foreign bool // what begins with aws: is Amazon's own
}

func (f *form) allow(s string) bool {
	return f.pattern.MatchString(s) && !(f.foreign && strings.HasPrefix(s, "aws:"))
}

func formOf(name string) (*form, error) {
	if f := forms[name]; f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("no form %q", name)
}

// forms are the patterns of the public model by the names that tags have for them.
var forms = map[string]*form{
	"alias":            {rule: "must be of letters, digits and $, with single _ and - between", pattern: regexp.MustCompile(`^([$0-9a-zA-Z][_-]?)+$`)},
	"alphanumeric":     {rule: "must be of letters and digits", pattern: regexp.MustCompile(`^[a-zA-Z0-9]+$`)},
	"application-name": {rule: "must be of letters, digits, blanks, _ and -", pattern: regexp.MustCompile(`^[a-zA-Z0-9_ -]+$`)},
	"arn":              {rule: "must begin with letters, digits, -, : or /", pattern: regexp.MustCompile(`^[-:/A-Za-z0-9]+`)},
	// Source: API reference, StartChatContact, Attributes.
	"attribute": {rule: "must be of letters, digits, - and _", pattern: regexp.MustCompile(`^[a-zA-Z0-9_-]*$`)},
	// The range from + to = holds the digits too.
	"contact-tag": {
		rule: "must be of letters, digits and +,-./:;<=_, and not begin with aws:", foreign: true,
		pattern: regexp.MustCompile(`^[a-zA-Z+-=._:/]+$`),
	},
	"date":       {rule: "must be a date as in 2006-01-02", pattern: regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)},
	"human-name": {rule: "must have 1 to 127 characters, none of them for control", pattern: regexp.MustCompile(`^[\P{C}\r\n\t]{1,127}$`)},
	"human-text": {rule: "must have 1 to 250 characters, none of them for control", pattern: regexp.MustCompile(`^[\P{C}\r\n\t]{1,250}$`)},
	"instance": {
		rule: "must be an id, or the ARN of an instance",
		pattern: regexp.MustCompile(`^(arn:(aws|aws-us-gov):connect:[a-z]{2}-[a-z]+-[0-9]:[0-9]{1,20}:instance/)?` +
			`[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$`),
	},
	"oauth-error": {rule: `must be of printable ASCII without " and \`, pattern: regexp.MustCompile(`^[\x20-\x21\x23-\x5B\x5D-\x7E]*$`)},
	"page-token":  {rule: "must be a token of an answer", pattern: regexp.MustCompile(`^[a-zA-Z0-9=/+_.-]+$`)},
	"phone":       {rule: "must be a phone number as +15550100", pattern: regexp.MustCompile(`^\+[1-9]\d{1,14}$`)},
	"region":      {rule: "must be a Region", pattern: regexp.MustCompile(`[a-z]{2}(-[a-z]+){1,2}(-[0-9])?`)},
	"s3-uri": {
		rule:    "must be s3://BUCKET/KEY, or the address of a file in S3",
		pattern: regexp.MustCompile(`s3://\S+/.+|https://\S+\.s3\.\S+\.amazonaws\.com/\S+`),
	},
	"sha256": {rule: "must be 64 letters and digits", pattern: regexp.MustCompile(`^[a-zA-Z0-9]{64}$`)},
	"tag": {
		rule: "must be of letters, digits, blanks and _.:/=+-@, and not begin with aws:", foreign: true,
		pattern: regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`),
	},
	"token":         {rule: "must be of letters, digits, blanks and _.:/=+-@", pattern: regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)},
	"view-id":       {rule: "must be of letters, digits and _-:/$", pattern: regexp.MustCompile(`^[a-zA-Z0-9_\-:/$]+$`)},
	"view-instance": {rule: "must be of letters, digits and _-:/", pattern: regexp.MustCompile(`^[a-zA-Z0-9_\-:/]+$`)},
	"view-name": {
		rule:    "must be of letters, digits, blanks and _.:/=+-@()', and not begin with a blank",
		pattern: regexp.MustCompile(`^[\p{L}\p{N}_.:/=+\-@()'][\p{L}\p{Z}\p{N}_.:/=+\-@()']*$`),
	},
	"visible": {rule: "must not be blank", pattern: regexp.MustCompile(`\S`)},
	"view-text": {
		rule:    "must be of letters, digits, blanks and _.:/=+-@,()', and not begin with a blank",
		pattern: regexp.MustCompile(`^[\p{L}\p{N}_.:/=+\-@,()'][\p{L}\p{Z}\p{N}_.:/=+\-@,()']*$`),
	},
}
