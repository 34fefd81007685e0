package shape

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	official "github.com/aws/aws-sdk-go-v2/service/connect"
	officialtypes "github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"

	"github.com/openparley/parley/api/connect"
)

// How much fill fills in, besides the levels of structures that it has already gone down.
const (
	onlyRequired = -1 // nothing
	hollow       = -2 // structures and lists, no plain values

	maxLevels = 8
)

// officialUnions has a nil pointer of each type that is a member of a union we have.
var officialUnions = []any{
	(*officialtypes.ContactMetricValueMemberNumber)(nil),
	(*officialtypes.InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason)(nil),
	(*officialtypes.NextContactMetadataMemberQuickConnectContactData)(nil),
	(*officialtypes.ParticipantTimerValueMemberParticipantTimerAction)(nil),
	(*officialtypes.ParticipantTimerValueMemberParticipantTimerDurationInMinutes)(nil),
	(*officialtypes.RealTimeContactAnalysisTimeDataMemberAbsoluteTime)(nil),
	(*officialtypes.RealtimeContactAnalysisSegmentMemberAttachments)(nil),
	(*officialtypes.RealtimeContactAnalysisSegmentMemberCategories)(nil),
	(*officialtypes.RealtimeContactAnalysisSegmentMemberEvent)(nil),
	(*officialtypes.RealtimeContactAnalysisSegmentMemberIssues)(nil),
	(*officialtypes.RealtimeContactAnalysisSegmentMemberPostContactSummary)(nil),
	(*officialtypes.RealtimeContactAnalysisSegmentMemberTranscript)(nil),
	(*officialtypes.ReferenceSummaryMemberAttachment)(nil),
	(*officialtypes.ReferenceSummaryMemberDate)(nil),
	(*officialtypes.ReferenceSummaryMemberEmail)(nil),
	(*officialtypes.ReferenceSummaryMemberEmailMessage)(nil),
	(*officialtypes.ReferenceSummaryMemberEmailMessagePlainText)(nil),
	(*officialtypes.ReferenceSummaryMemberEmailMessagePlainTextRedacted)(nil),
	(*officialtypes.ReferenceSummaryMemberEmailMessageRedacted)(nil),
	(*officialtypes.ReferenceSummaryMemberNumber)(nil),
	(*officialtypes.ReferenceSummaryMemberString)(nil),
	(*officialtypes.ReferenceSummaryMemberUrl)(nil),
	(*officialtypes.ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason)(nil),
	(*officialtypes.UpdateParticipantRoleConfigChannelInfoMemberChat)(nil),
}

// unionMembers are the types that are members of a union, ours or official, in one order.
func unionMembers(union reflect.Type) []reflect.Type {
	var members []reflect.Type
	for _, u := range slices.Concat(connect.Service.Unions, officialUnions) {
		if t := reflect.TypeOf(u); t.Implements(union) {
			members = append(members, t.Elem())
		}
	}
	slices.SortFunc(members, func(a, b reflect.Type) int { return cmp.Compare(a.Name(), b.Name()) })
	return members
}

// turn counts how often a union was filled, so that all of its members have their turn.
var turn = map[reflect.Type]int{}

// entries is how many entries a list is filled with: enough for every member of a union in them.
func entries(elem reflect.Type) int {
	n := 1
	switch elem.Kind() {
	case reflect.Interface:
		n = max(n, len(unionMembers(elem)))
	case reflect.Struct:
		for f := range elem.Fields() {
			if f.Type.Kind() == reflect.Interface {
				n = max(n, len(unionMembers(f.Type)))
			}
		}
	}
	return n
}

// numbers within limits, for members that have some.
var numbers = map[string]int64{"ChatDurationInMinutes": 61, "MaxResults": 7}

// texts within limits, for members that have more than a length.
var texts = map[string]string{
	"InstanceId": id, "ContactId": id, "SessionId": id,
	"ActiveRegions": "us-east-1", "Arn": "arn:aws:connect:us-east-1:111122223333:instance/" + id, "ViewContentSha256": "0a",
	"EffectiveFrom": "2026-12-24", "EffectiveTill": "2026-12-26", "FromDate": "2026-12-24", "ToDate": "2026-12-26", "Value": "2026-12-25",
	"S3Uri": "s3://bucket/key", "LastModifiedRegion": "us-east-1", "SourcePhoneNumber": "+15550100", "DestinationPhoneNumber": "+15550101",
}

const id = "8a8ac30a-b33e-4e62-9a9f-6f1d4f0c9f5b"

// fill sets every member: strings to "L-" and their name, enums to their first value, lists and maps to one entry.
func fill(v reflect.Value, name string, level int) {
	if level == onlyRequired || level > maxLevels {
		return
	}
	next := level
	if level >= 0 {
		next++
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			if level == hollow && v.Type().Elem().Kind() != reflect.Struct || !v.CanSet() {
				return
			}
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(v.Elem(), name, level)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			at := time.UnixMilli(1769853603123).UTC()
			if name == "LastModifiedTime" { // some stand in headers, which have whole seconds
				at = at.Truncate(time.Second)
			}
			v.Set(reflect.ValueOf(at))
			return
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Name != "ResultMetadata" && f.Name != "ErrorCodeOverride" && !(level == hollow && f.Type == v.Type()) {
				fill(v.Field(i), f.Name, next)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 || level == hollow && !holdsStruct(v.Type().Elem()) || recursive(v.Type().Elem(), level) {
			return
		}
		n := entries(v.Type().Elem())
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(v.Index(i), name, level)
		}
	case reflect.Map:
		if level == hollow && !holdsStruct(v.Type().Elem()) || recursive(v.Type().Elem(), level) {
			return
		}
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, "key", max(level, 0))
		fill(value, name, level)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		if level == hollow {
			return
		}
		v.SetString(cmp.Or(texts[name], "L-"+name))
		if values := v.MethodByName("Values"); values.IsValid() {
			v.SetString(values.Call(nil)[0].Index(0).String())
		}
	case reflect.Int32, reflect.Int64, reflect.Int:
		if level != hollow {
			v.SetInt(3)
			if n := numbers[name]; n != 0 {
				v.SetInt(n)
			}
		}
	case reflect.Bool:
		v.SetBool(level != hollow)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Interface:
		if members := unionMembers(v.Type()); members != nil {
			m := reflect.New(members[turn[v.Type()]%len(members)])
			turn[v.Type()]++
			fill(m, name, next)
			v.Set(m)
		}
	}
}

func holdsStruct(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// recursive reports whether a list or map of t has to be left out, so that a structure which holds itself comes to an end.
func recursive(t reflect.Type, level int) bool {
	itself := t.Name() == "SegmentAttributeValue" || t.Name() == "Expression" || strings.HasSuffix(t.Name(), "SearchCriteria")
	return t.Kind() == reflect.Struct && itself && (level > 2 || level == hollow)
}

// plain is a value without its types: structures as maps of the members that are there.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return map[string]any{v.Elem().Elem().Type().Name(): plain(v.Elem())}
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return at.UnixMilli()
		}
		members := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || f.Name == "ResultMetadata" || f.Name == "ErrorCodeOverride" {
				continue
			}
			value := plain(v.Field(i))
			if text, ok := value.(string); value != nil && !(ok && text == "" && f.Type.Kind() == reflect.String) {
				members[f.Name] = value
			}
		}
		return members
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		var list []any
		for i := range v.Len() {
			list = append(list, plain(v.Index(i)))
		}
		return list
	case reflect.Map:
		if v.Len() == 0 {
			return nil
		}
		entries := map[string]any{}
		for it := v.MapRange(); it.Next(); {
			entries[it.Key().String()] = plain(it.Value())
		}
		return entries
	case reflect.String:
		return v.String()
	case reflect.Int32, reflect.Int64, reflect.Int:
		return v.Int()
	}
	return v.Interface()
}

// comparison compares types with those of the official module: members, their types, enum values.
type comparison struct {
	t    *testing.T
	seen map[reflect.Type]bool
}

func (c *comparison) types(path string, ours, theirs reflect.Type) {
	if ours.Kind() != theirs.Kind() || ours.Name() != theirs.Name() {
		c.t.Errorf("%s is %v, official %v", path, ours, theirs)
		return
	}
	switch ours.Kind() {
	case reflect.Pointer, reflect.Slice:
		c.types(path, ours.Elem(), theirs.Elem())
	case reflect.Map:
		c.types(path+" (key)", ours.Key(), theirs.Key())
		c.types(path, ours.Elem(), theirs.Elem())
	case reflect.Struct:
		if c.seen[ours] || ours == theirs {
			return
		}
		c.seen[ours] = true
		for i := range theirs.NumField() {
			f := theirs.Field(i)
			if !f.IsExported() {
				continue
			}
			if mine, ok := ours.FieldByName(f.Name); ok {
				c.types(path+"."+f.Name, mine.Type, f.Type)
			} else {
				c.t.Errorf("%s lacks %s", path, f.Name)
			}
		}
		for i := range ours.NumField() {
			f := ours.Field(i)
			if _, ok := theirs.FieldByName(f.Name); !ok && f.IsExported() {
				c.t.Errorf("%s has %s, the official one has not", path, f.Name)
			}
		}
	case reflect.Interface:
		mine, other := unionMembers(ours), unionMembers(theirs)
		if len(mine) == 0 || len(mine) != len(other) || !slices.Equal(unionNames(c.t, theirs.Name()), names(mine)) {
			c.t.Errorf("%s: %v has members %v, official %v", path, ours, names(mine), unionNames(c.t, theirs.Name()))
			return
		}
		for i := range mine {
			c.types(path+"."+mine[i].Name(), mine[i], other[i])
		}
	case reflect.String:
		if mine, other := values(ours), values(theirs); !slices.Equal(mine, other) {
			c.t.Errorf("%s: %v has values %v, official %v", path, ours, mine, other)
		}
	}
}

// values are those of an enum, in order of their text.
func values(t reflect.Type) []string {
	m, ok := t.MethodByName("Values")
	if !ok {
		return nil
	}
	var list []string
	all := m.Func.Call([]reflect.Value{reflect.Zero(t)})[0]
	for i := range all.Len() {
		list = append(list, all.Index(i).String())
	}
	slices.Sort(list)
	return list
}

// modelled returns the exception inside an error of the official client, nil when its type is not one of the module's.
func modelled(err error) smithy.APIError {
	for ; err != nil; err = errors.Unwrap(err) {
		if e, ok := err.(smithy.APIError); ok && strings.HasPrefix(reflect.TypeOf(e).Elem().PkgPath(), reflect.TypeFor[official.Client]().PkgPath()) {
			return e
		}
	}
	return nil
}

// exceptions are the names of all exceptions of the official module, read from its source.
func exceptions(t *testing.T) []string {
	t.Helper()
	names, err := allExceptions()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// unionNames are the names of all members of a union of the official module, read from its source.
func unionNames(t *testing.T, union string) []string {
	t.Helper()
	types, err := allTypes()
	if err != nil {
		t.Fatal(err)
	}
	var members []string
	for _, name := range types {
		if strings.HasPrefix(name, union+"Member") {
			members = append(members, name)
		}
	}
	slices.Sort(members)
	return members
}

func names(types []reflect.Type) []string {
	var list []string
	for _, t := range types {
		list = append(list, t.Name())
	}
	return list
}

var (
	allExceptions = sync.OnceValues(func() ([]string, error) { return typesIn("errors.go", 25) })
	allTypes      = sync.OnceValues(func() ([]string, error) { return typesIn("types.go", 500) })
)

// typesIn are the names of the types that a file of the official module declares, which are at least so many.
func typesIn(file string, atLeast int) ([]string, error) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", reflect.TypeFor[officialtypes.ContactFlow]().PkgPath()).Output()
	if err != nil {
		return nil, err
	}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), file), nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var names []string
	for n := range ast.Preorder(f) {
		if spec, ok := n.(*ast.TypeSpec); ok {
			names = append(names, spec.Name.Name)
		}
	}
	if len(names) < atLeast {
		return nil, fmt.Errorf("only %d types found in %s", len(names), file)
	}
	return names, nil
}

var fieldLine = regexp.MustCompile(`missing required field, ([^\n]+?)\.?\n`)

// missingIn are the paths of the required members that an error of the official client names.
func missingIn(err error) []string {
	var paths []string
	if err != nil {
		for _, m := range fieldLine.FindAllStringSubmatch(err.Error()+"\n", -1) {
			_, path, _ := strings.Cut(m[1], ".")
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// missing are the top members that an operation requires.
func missing(t *testing.T, c *official.Client, name string) []string {
	t.Helper()
	_, err := call(t, c, name, officialInput(t, name).Interface())
	return missingIn(err)
}

// set fills one member of an input.
func set(in reflect.Value, name string) { fill(in.Elem().FieldByName(name), name, 0) }

// paramName finds the members in an error of the v1 module.
var paramName = regexp.MustCompile(`missing required field, \w+\.(\w+)`)
