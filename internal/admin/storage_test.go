package admin

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	kinesis  = "arn:aws:kinesis:eu-central-1:111122223333:stream/records"
	delivery = "arn:aws:firehose:eu-central-1:111122223333:deliverystream/records"
)

func inS3(bucket, prefix string) *types.InstanceStorageConfig {
	return &types.InstanceStorageConfig{StorageType: types.StorageTypeS3, S3Config: &types.S3Config{BucketName: &bucket, BucketPrefix: &prefix}}
}

func inStream(arn string) *types.InstanceStorageConfig {
	return &types.InstanceStorageConfig{
		StorageType: types.StorageTypeKinesisStream, KinesisStreamConfig: &types.KinesisStreamConfig{StreamArn: &arn},
	}
}

func inFirehose(arn string) *types.InstanceStorageConfig {
	return &types.InstanceStorageConfig{
		StorageType: types.StorageTypeKinesisFirehose, KinesisFirehoseConfig: &types.KinesisFirehoseConfig{FirehoseArn: &arn},
	}
}

func inVideo() *types.InstanceStorageConfig {
	return &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisVideoStream, KinesisVideoStreamConfig: &types.KinesisVideoStreamConfig{
		Prefix: new("voice"), RetentionPeriodHours: 24, EncryptionConfig: &types.EncryptionConfig{EncryptionType: types.EncryptionTypeKms, KeyId: new("key")},
	}}
}

func (w *world) associate(resource types.InstanceStorageResourceType, c *types.InstanceStorageConfig, token string) (string, error) {
	out, err := w.AssociateInstanceStorageConfig(w.t.Context(), &connect.AssociateInstanceStorageConfigInput{
		InstanceId: new(instanceID), ResourceType: resource, StorageConfig: c, ClientToken: reply.Text(token),
	})
	if err != nil {
		return "", err
	}
	return *out.AssociationId, nil
}

func (w *world) storage(resource types.InstanceStorageResourceType) []types.InstanceStorageConfig {
	w.t.Helper()
	out, err := w.ListInstanceStorageConfigs(w.t.Context(), &connect.ListInstanceStorageConfigsInput{
		InstanceId: new(instanceID), ResourceType: resource, MaxResults: new(int32(1)),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if out.NextToken != nil {
		w.t.Error("a list of one has a second page")
	}
	return out.StorageConfigs
}

func (w *world) disassociate(resource types.InstanceStorageResourceType, id string) error {
	_, err := w.DisassociateInstanceStorageConfig(w.t.Context(), &connect.DisassociateInstanceStorageConfigInput{
		InstanceId: new(instanceID), AssociationId: &id, ResourceType: resource,
	})
	return err
}

func TestNewInstanceKeepsTranscriptsAndAttachments(t *testing.T) {
	onBothEngines(t, testNewInstanceKeepsTranscriptsAndAttachments)
}

func testNewInstanceKeepsTranscriptsAndAttachments(t *testing.T, w *world) {
	for resource, folder := range map[types.InstanceStorageResourceType]string{
		types.InstanceStorageResourceTypeChatTranscripts: "ChatTranscripts", types.InstanceStorageResourceTypeAttachments: "Attachments",
	} {
		want := inS3("parley-demo", "connect/demo/"+folder)
		got := w.storage(resource)
		if len(got) != 1 {
			t.Fatalf("%d associations for %s", len(got), resource)
		}
		want.AssociationId = got[0].AssociationId
		if diff := cmp.Diff(*want, got[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", resource, diff)
		}
	}
	if got := w.storage(types.InstanceStorageResourceTypeContactTraceRecords); len(got) != 0 {
		t.Errorf("contact records go to %v", got)
	}
	if row, err := w.Store.Instance(t.Context(), w.addInstance(NewInstance{Alias: "Shop"})); err != nil || row.Storage[1].Bucket != "parley-shop" || row.Storage[1].Prefix != "connect/Shop/Attachments" {
		t.Errorf("instance Shop keeps attachments in %+v, %v", row.Storage[1], err)
	}
	for _, alias := range []string{"", "Über uns", "../x"} {
		id := w.addInstance(NewInstance{Alias: alias})
		row, err := w.Store.Instance(t.Context(), id)
		if err != nil || row.Storage[0].Bucket != "parley-"+id || row.Storage[0].Prefix != "connect/"+id+"/ChatTranscripts" {
			t.Errorf("instance named %q keeps transcripts in %+v, %v", alias, row.Storage[0], err)
		}
	}
}

func TestStorageLives(t *testing.T) { onBothEngines(t, testStorageLives) }

func testStorageLives(t *testing.T, w *world) {
	const records = types.InstanceStorageResourceTypeContactTraceRecords
	id, err := w.associate(records, inStream(kinesis), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.associate(records, inFirehose(delivery), "")
	wantError[*types.ResourceConflictException](t, "a second association", err)

	describe := func() *types.InstanceStorageConfig {
		t.Helper()
		out, err := w.DescribeInstanceStorageConfig(t.Context(), &connect.DescribeInstanceStorageConfigInput{
			InstanceId: new(scope.Instance(instanceID)), AssociationId: &id, ResourceType: records,
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.StorageConfig
	}
	want := inStream(kinesis)
	want.AssociationId = &id
	if diff := cmp.Diff(want, describe()); diff != "" {
		t.Errorf("associated (-want +got):\n%s", diff)
	}
	want = inFirehose(delivery)
	want.AssociationId = &id // as somebody sends it who changes what was described
	for range 2 {
		if _, err := w.UpdateInstanceStorageConfig(t.Context(), &connect.UpdateInstanceStorageConfigInput{
			InstanceId: new(instanceID), AssociationId: &id, ResourceType: records, StorageConfig: want,
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, describe()); diff != "" {
			t.Errorf("updated (-want +got):\n%s", diff)
		}
	}
	if err := w.disassociate(records, id); err != nil {
		t.Fatal(err)
	}
	if got := w.storage(records); len(got) != 0 {
		t.Errorf("after the end there is %v", got)
	}
	wantError[*types.ResourceNotFoundException](t, "disassociate again", w.disassociate(records, id))
	again, err := w.associate(records, inStream(kinesis), "")
	if err != nil || again == id {
		t.Errorf("associated again as %s (before %s), %v", again, id, err)
	}
}

// What is kept for voice is given back as it came.
func TestStorageForVoiceIsKept(t *testing.T) { onBothEngines(t, testStorageForVoiceIsKept) }

func testStorageForVoiceIsKept(t *testing.T, w *world) {
	encrypted := inS3("calls", "connect/calls/")
	encrypted.S3Config.EncryptionConfig = &types.EncryptionConfig{EncryptionType: types.EncryptionTypeKms, KeyId: new("key")}
	for resource, want := range map[types.InstanceStorageResourceType]*types.InstanceStorageConfig{
		types.InstanceStorageResourceTypeMediaStreams: inVideo(), types.InstanceStorageResourceTypeCallRecordings: encrypted,
	} {
		id, err := w.associate(resource, want, "")
		if err != nil {
			t.Fatal(err)
		}
		want.AssociationId = &id
		if diff := cmp.Diff([]types.InstanceStorageConfig{*want}, w.storage(resource)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", resource, diff)
		}
	}
}

func TestStorageTokens(t *testing.T) { onBothEngines(t, testStorageTokens) }

func testStorageTokens(t *testing.T, w *world) {
	const events, records = types.InstanceStorageResourceTypeAgentEvents, types.InstanceStorageResourceTypeContactTraceRecords
	var mu sync.Mutex
	var all sync.WaitGroup
	ids := map[string]bool{}
	for range 10 {
		all.Go(func() {
			id, err := w.associate(events, inStream(kinesis), "token")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[id] = true
		})
	}
	all.Wait()
	if len(ids) != 1 || len(w.storage(events)) != 1 {
		t.Errorf("one token made %v and %v", ids, w.storage(events))
	}
	_, err := w.associate(events, inFirehose(delivery), "token")
	wantError[*types.InvalidRequestException](t, "the token with another place", err)
	_, err = w.associate(records, inStream(kinesis), "token")
	wantError[*types.InvalidRequestException](t, "the token with another type", err)
	*w.now = w.now.Add(tokenLife + time.Second)
	_, err = w.associate(events, inStream(kinesis), "token")
	wantError[*types.ResourceConflictException](t, "a token that is forgotten", err)
}

func TestBadStorage(t *testing.T) { onBothEngines(t, testBadStorage) }

func testBadStorage(t *testing.T, w *world) {
	const (
		transcripts = types.InstanceStorageResourceTypeChatTranscripts
		attachments = types.InstanceStorageResourceTypeAttachments
		records     = types.InstanceStorageResourceTypeContactTraceRecords
	)
	id := *w.storage(attachments)[0].AssociationId
	before, err := w.Store.Instance(t.Context(), instanceID)
	if err != nil {
		t.Fatal(err)
	}
	both := inS3("bucket", "prefix")
	both.KinesisStreamConfig = &types.KinesisStreamConfig{StreamArn: new(kinesis)}
	other := inS3("bucket", "prefix")
	other.AssociationId = new("other")
	change := func(resource types.InstanceStorageResourceType, id string, c *types.InstanceStorageConfig) error {
		_, err := w.UpdateInstanceStorageConfig(t.Context(), &connect.UpdateInstanceStorageConfigInput{
			InstanceId: new(instanceID), AssociationId: &id, ResourceType: resource, StorageConfig: c,
		})
		return err
	}
	describe := func(resource types.InstanceStorageResourceType, id string) error {
		_, err := w.DescribeInstanceStorageConfig(t.Context(), &connect.DescribeInstanceStorageConfigInput{
			InstanceId: new(instanceID), AssociationId: &id, ResourceType: resource,
		})
		return err
	}
	shape := wantError[*types.InvalidRequestException]
	parameter := wantError[*types.InvalidParameterException]
	missing := wantError[*types.ResourceNotFoundException]

	for name, c := range map[string]*types.InstanceStorageConfig{
		"nothing": {StorageType: types.StorageTypeS3}, "another member": {StorageType: types.StorageTypeKinesisStream, S3Config: inS3("bucket", "p").S3Config},
		"two members": both,
	} {
		_, err := w.associate(records, c, "")
		shape(t, "associate "+name, err)
		shape(t, "update to "+name, change(attachments, id, c))
	}
	for name, c := range map[string]*types.InstanceStorageConfig{
		"a bucket with a slash": inS3("a/b", "p"), "a way up as bucket": inS3("..", "p"), "a short bucket": inS3("ab", "p"), "a long bucket": inS3(strings.Repeat("b", 64), "p"), "a bucket in capitals": inS3("Bucket", "p"), "a hidden folder": inS3("bucket", "p/.q"),
		"a bucket with dots": inS3("a..b", "p"),
		"a slash first":      inS3("bucket", "/p"), "a way up": inS3("bucket", "p/../q"), "nothing between slashes": inS3("bucket", "p//q"),
		"a control character": inS3("bucket", "p\nq"), "a backslash": inS3("bucket", `p\q`), "slashes alone": inS3("bucket", "//"),
		"a place for voice": inVideo(), "a stream": inStream(kinesis), "a delivery stream": inFirehose(delivery),
	} {
		_, err := w.associate(types.InstanceStorageResourceTypeScheduledReports, c, "")
		parameter(t, "associate with "+name, err)
		parameter(t, "update to "+name, change(attachments, id, c))
	}
	for name, c := range map[string]*types.InstanceStorageConfig{
		"a bucket": inS3("bucket", "p"), "no ARN": inStream("records"), "a delivery stream as stream": inStream(delivery), "a stream as delivery stream": inFirehose(kinesis),
	} {
		_, err := w.associate(records, c, "")
		parameter(t, "records in "+name, err)
	}
	parameter(t, "update with the id of another", change(attachments, id, other))
	for name, err := range map[string]error{
		"describe": describe(attachments, "nope"), "describe as another type": describe(transcripts, id),
		"update": change(attachments, "nope", inS3("bucket", "p")), "update as another type": change(transcripts, id, inS3("bucket", "p")),
		"disassociate": w.disassociate(attachments, "nope"), "disassociate as another type": w.disassociate(transcripts, id),
	} {
		missing(t, name, err)
	}
	_, err = w.ListInstanceStorageConfigs(t.Context(), &connect.ListInstanceStorageConfigsInput{
		InstanceId: new(instanceID), ResourceType: attachments, NextToken: reply.Token("storage\x00"+instanceID+"\x00"+string(transcripts), id),
	})
	parameter(t, "token of another list", err)
	after, err := w.Store.Instance(t.Context(), instanceID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("requests that were refused changed the instance (-before +after):\n%s", diff)
	}
}

// Each kind of data goes where Amazon's documents say, and nowhere else.
func TestStorageTypes(t *testing.T) { onBothEngines(t, testStorageTypes) }

func testStorageTypes(t *testing.T, w *world) {
	id := w.addInstance(NewInstance{})
	if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		row, err := tx.Instance(id)
		row.Storage = nil
		tx.PutInstance(row)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, resource := range types.InstanceStorageResourceType("").Values() {
		if len(storageTypes[resource]) == 0 {
			t.Errorf("%s can be kept nowhere", resource)
		}
		for _, c := range []*types.InstanceStorageConfig{inS3("bucket", "p"), inStream(kinesis), inFirehose(delivery), inVideo()} {
			out, err := w.AssociateInstanceStorageConfig(t.Context(), &connect.AssociateInstanceStorageConfigInput{
				InstanceId: &id, ResourceType: resource, StorageConfig: c,
			})
			if !slices.Contains(storageTypes[resource], c.StorageType) {
				wantError[*types.InvalidParameterException](t, fmt.Sprint(resource, " in ", c.StorageType), err)
				continue
			}
			if err != nil {
				t.Fatalf("%s in %s: %v", resource, c.StorageType, err)
			}
			if _, err := w.DisassociateInstanceStorageConfig(t.Context(), &connect.DisassociateInstanceStorageConfigInput{
				InstanceId: &id, AssociationId: out.AssociationId, ResourceType: resource,
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAttributes(t *testing.T) { onBothEngines(t, testAttributes) }

func testAttributes(t *testing.T, w *world) {
	list := func(size int32, token *string) *connect.ListInstanceAttributesOutput {
		t.Helper()
		out, err := w.ListInstanceAttributes(t.Context(), &connect.ListInstanceAttributesInput{
			InstanceId: new(instanceID), MaxResults: &size, NextToken: token,
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, size := range []int32{1, 6, 7} {
		var names []string
		var token *string
		for pages := 1; ; pages++ {
			out := list(size, token)
			for _, a := range out.Attributes {
				names = append(names, string(a.AttributeType)+"="+*a.Value)
			}
			if token = out.NextToken; token == nil {
				if want := (len(newAttributes) + int(size) - 1) / int(size); pages != want {
					t.Errorf("%d pages of %d, want %d", pages, size, want)
				}
				break
			}
		}
		if got := strings.Join(names, " "); got != "AUTO_RESOLVE_BEST_VOICES=true CONTACTFLOW_LOGS=true CONTACT_LENS=false EARLY_MEDIA=true "+
			"ENHANCED_CHAT_MONITORING=true ENHANCED_CONTACT_MONITORING=false HIGH_VOLUME_OUTBOUND=false INBOUND_CALLS=false MESSAGE_STREAMING=true "+
			"MULTI_PARTY_CHAT_CONFERENCE=true MULTI_PARTY_CONFERENCE=false OUTBOUND_CALLS=false USE_CUSTOM_TTS_VOICES=false" {
			t.Errorf("pages of %d: %s", size, got)
		}
	}
	if all, err := w.ListInstanceAttributes(t.Context(), &connect.ListInstanceAttributesInput{InstanceId: new(instanceID)}); err != nil || len(all.Attributes) != 7 {
		t.Errorf("the usual page is %v, %v", all, err)
	}
	_, err := w.ListInstanceAttributes(t.Context(), &connect.ListInstanceAttributesInput{InstanceId: new(instanceID), NextToken: new("AAAA")})
	wantError[*types.InvalidParameterException](t, "foreign token", err)

	for _, name := range types.InstanceAttributeType("").Values() {
		flipped := map[string]string{on: off, off: on}[newAttributes[name]]
		for _, value := range []string{flipped, flipped, newAttributes[name], flipped} {
			if err := w.setAttribute(name, value); err != nil {
				t.Fatal(err)
			}
			if got := w.attribute(name); got != value {
				t.Errorf("%s is %s, want %s", name, got, value)
			}
		}
		for _, bad := range []string{"", "TRUE", "1", "yes", "true "} {
			wantError[*types.InvalidParameterException](t, fmt.Sprintf("%s = %q", name, bad), w.setAttribute(name, bad))
		}
		if got := w.attribute(name); got != flipped {
			t.Errorf("%s is %s after a request that was refused", name, got)
		}
	}
	out, err := w.DescribeInstance(t.Context(), &connect.DescribeInstanceInput{InstanceId: new(instanceID)})
	if err != nil || !*out.Instance.InboundCallsEnabled || !*out.Instance.OutboundCallsEnabled {
		t.Errorf("the instance does not tell of its switches: %+v, %v", out, err)
	}
}

func (w *world) setAttribute(name types.InstanceAttributeType, value string) error {
	_, err := w.UpdateInstanceAttribute(w.t.Context(), &connect.UpdateInstanceAttributeInput{
		InstanceId: new(instanceID), AttributeType: name, Value: &value,
	})
	return err
}

func (w *world) attribute(name types.InstanceAttributeType) string {
	w.t.Helper()
	out, err := w.DescribeInstanceAttribute(w.t.Context(), &connect.DescribeInstanceAttributeInput{InstanceId: new(instanceID), AttributeType: name})
	if err != nil || out.Attribute.AttributeType != name {
		w.t.Fatalf("%+v, %v", out, err)
	}
	return *out.Attribute.Value
}

// An instance made before there were switches gets those of a new one, and its places; one that has some keeps them.
func TestCompleteOldInstances(t *testing.T) { onBothEngines(t, testCompleteOldInstances) }

func testCompleteOldInstances(t *testing.T, w *world) {
	fresh, err := w.Store.Instance(t.Context(), instanceID)
	if err != nil {
		t.Fatal(err)
	}
	set := func(change func(*store.Instance)) {
		t.Helper()
		if err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
			row, err := tx.Instance(instanceID)
			change(row)
			tx.PutInstance(row)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.Complete(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string) {
		t.Helper()
		got, err := w.Store.Instance(t.Context(), instanceID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	set(func(in *store.Instance) { in.Attributes, in.Storage = nil, nil })
	check("an old instance")
	set(func(in *store.Instance) { delete(in.Attributes, "EARLY_MEDIA") })
	check("a switch was missing")

	const name = types.InstanceAttributeTypeMessageStreaming
	if err := w.setAttribute(name, off); err != nil {
		t.Fatal(err)
	}
	set(func(in *store.Instance) { in.Storage = nil; delete(in.Attributes, "EARLY_MEDIA") })
	if got := w.storage(types.InstanceStorageResourceTypeAttachments); w.attribute(name) != off || len(got) != 0 {
		t.Errorf("what an operator chose is gone: %s, %v", w.attribute(name), got)
	}
}

// Switches turned at the same moment are all turned.
func TestAttributesUnderConcurrency(t *testing.T) { onBothEngines(t, testAttributesUnderConcurrency) }

func testAttributesUnderConcurrency(t *testing.T, w *world) {
	var all sync.WaitGroup
	flipped := func(name types.InstanceAttributeType) string {
		return map[string]string{on: off, off: on}[newAttributes[name]]
	}
	for _, name := range types.InstanceAttributeType("").Values() {
		all.Go(func() {
			if err := w.setAttribute(name, flipped(name)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, name := range types.InstanceAttributeType("").Values() {
		if got := w.attribute(name); got != flipped(name) {
			t.Errorf("%s was not turned", name)
		}
	}
}
