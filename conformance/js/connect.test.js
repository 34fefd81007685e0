// The Connect service through @aws-sdk/client-connect.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  CreateContactFlowCommand,
  DeleteContactFlowCommand,
  DescribeContactCommand,
  DescribeContactFlowCommand,
  DescribeInstanceCommand,
  GetContactAttributesCommand,
  GetContactMetricsCommand,
  ListAssociatedContactsCommand,
  ListContactReferencesCommand,
  ListRealtimeContactAnalysisSegmentsV2Command,
  ListInstancesCommand,
  ListUsersCommand,
  paginateListContactFlows,
  StartChatContactCommand,
  StopContactCommand,
  TagContactCommand,
  UntagContactCommand,
  UpdateContactAttributesCommand,
  UpdateContactCommand,
  UpdateContactFlowContentCommand,
  UpdateContactFlowMetadataCommand,
  UpdateContactFlowNameCommand,
  UpdateContactRoutingDataCommand,
} from "@aws-sdk/client-connect";
import { connectClient, flowContent, parley, randomUUID } from "./parley.js";

const server = await parley();
const client = connectClient(server);
const { InstanceId, ContactFlowId } = server;

const start = (more = {}) =>
  client.send(new StartChatContactCommand({ InstanceId, ContactFlowId, ParticipantDetails: { DisplayName: "Ana" }, ...more }));
const describeContact = async (ContactId) => (await client.send(new DescribeContactCommand({ InstanceId, ContactId }))).Contact;

/** Expects a modelled error: its name, its status, a message and a request id. */
const fails = (call, name, status) =>
  assert.rejects(call, (error) => {
    assert.equal(error.name, name, `${error.name}: ${error.message}`);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    assert.notEqual(error.message, "");
    return true;
  });

describe("contacts", () => {
  it("start, are described, and stop", async () => {
    const begun = Date.now();
    const started = await start({ CustomerId: "k-42" });
    assert.match(started.ContactId, /^[0-9a-f-]{36}$/);
    assert.match(started.ParticipantId, /^[0-9a-f-]{36}$/);
    assert.ok(started.ParticipantToken.length <= 1000);
    assert.match(started.$metadata.requestId, /^[0-9a-f-]{36}$/);

    const contact = await describeContact(started.ContactId);
    assert.equal(contact.Id, started.ContactId);
    assert.equal(contact.Arn, `${server.InstanceArn}/contact/${started.ContactId}`);
    assert.equal(contact.Channel, "CHAT");
    assert.equal(contact.InitiationMethod, "API");
    assert.equal(contact.CustomerId, "k-42");
    assert.equal(contact.InitialContactId, undefined);
    assert.ok(Math.abs(contact.InitiationTimestamp - begun) < 60_000, `started at ${contact.InitiationTimestamp}`);
    assert.equal(contact.DisconnectTimestamp, undefined);

    await client.send(new StopContactCommand({ InstanceId, ContactId: started.ContactId }));
    const ended = await describeContact(started.ContactId);
    assert.ok(ended.DisconnectTimestamp instanceof Date);
    assert.equal(ended.DisconnectReason, "API");
  });

  it("keep attributes, also by ARN", async () => {
    const { ContactId } = await start({ Attributes: { plan: "gold", "tier-1": "ä" } });
    const get = async (id) =>
      (await client.send(new GetContactAttributesCommand({ InstanceId, InitialContactId: id }))).Attributes;
    assert.deepEqual(await get(ContactId), { plan: "gold", "tier-1": "ä" });
    await client.send(
      new UpdateContactAttributesCommand({ InstanceId: server.InstanceArn, InitialContactId: ContactId, Attributes: { plan: "silver", more: "1" } }),
    );
    assert.deepEqual(await get(ContactId), { plan: "silver", "tier-1": "ä", more: "1" });
    assert.equal((await describeContact(ContactId)).Attributes.plan, "silver");
  });

  it("are started once for one ClientToken", async () => {
    const ClientToken = randomUUID();
    const all = await Promise.all([1, 2, 3].map(() => start({ ClientToken })));
    assert.equal(new Set(all.map(({ ContactId }) => ContactId)).size, 1);
    assert.equal(new Set(all.map(({ ParticipantId }) => ParticipantId)).size, 1);
    await fails(start({ ClientToken, Attributes: { another: "request" } }), "InvalidRequestException", 400);
    assert.notEqual((await start()).ContactId, (await start()).ContactId);
  });

  it("are refused with the names of the model", async () => {
    await fails(start({ ContactFlowId: randomUUID() }), "ResourceNotFoundException", 404);
    await fails(start({ InstanceId: randomUUID() }), "ResourceNotFoundException", 404);
    await fails(start({ ParticipantDetails: {} }), "InvalidRequestException", 400);
    await fails(start({ ChatDurationInMinutes: 59 }), "InvalidParameterException", 400);
    await fails(start({ ParticipantDetails: { DisplayName: "a".repeat(257) } }), "InvalidRequestException", 400);
    await fails(describeContact(randomUUID()), "ResourceNotFoundException", 404);
    await fails(client.send(new StopContactCommand({ InstanceId, ContactId: randomUUID() })), "ResourceNotFoundException", 404);
  });

  it("are refused to callers without the right key", async () => {
    const startWith = (keys) =>
      connectClient(server, keys).send(
        new StartChatContactCommand({ InstanceId, ContactFlowId, ParticipantDetails: { DisplayName: "Ana" } }),
      );
    await fails(startWith({ secretAccessKey: "wrong" }), "InvalidSignatureException", 403);
    await fails(startWith({ accessKeyId: "nobody" }), "UnrecognizedClientException", 403);
  });

  it("names what Parley does not support", async () => {
    await assert.rejects(client.send(new ListUsersCommand({ InstanceId })), /ListUsers.*not supported by Parley/i);
  });
});

describe("contact data", () => {
  it("is changed and read, live and ended", async () => {
    const { ContactId } = await start();
    const id = { InstanceId, ContactId };
    await client.send(
      new UpdateContactCommand({
        ...id,
        Name: "Größe",
        References: { shop: { Type: "URL", Value: "https://example.com/?a=b&c" }, who: { Type: "EMAIL", Value: "ana@example.com" } },
        SegmentAttributes: { level: { ValueInteger: 3 } },
      }),
    );
    await client.send(new StopContactCommand(id));
    await client.send(new UpdateContactCommand({ ...id, Description: "late" }));
    await client.send(new TagContactCommand({ ...id, Tags: { "team/a": "chat", cost: "7" } }));
    await client.send(new UntagContactCommand({ ...id, TagKeys: ["cost", "team/b"] }));
    const contact = await describeContact(ContactId);
    assert.deepEqual([contact.Name, contact.Description], ["Größe", "late"]);
    assert.deepEqual(contact.Tags, { "aws:connect:instanceId": InstanceId, "team/a": "chat" });
    assert.equal(contact.SegmentAttributes.level.ValueInteger, 3);

    const { ReferenceSummaryList, NextToken } = await client.send(
      new ListContactReferencesCommand({ ...id, ReferenceTypes: ["URL", "EMAIL", "ATTACHMENT"] }),
    );
    assert.deepEqual(ReferenceSummaryList, [
      { Url: { Name: "shop", Value: "https://example.com/?a=b&c" } },
      { Email: { Name: "who", Value: "ana@example.com" } },
    ]);
    assert.equal(NextToken ?? undefined, undefined);
  });

  it("says where a contact belongs and what was said in it", async () => {
    const { ContactId } = await start({ InitialMessage: { ContentType: "text/plain", Content: "Grüße 👋" } });
    const { ContactId: later } = await start({ RelatedContactId: ContactId });
    const { ContactSummaryList } = await client.send(new ListAssociatedContactsCommand({ InstanceId, ContactId: later }));
    assert.deepEqual(ContactSummaryList.map((c) => [c.ContactId, c.RelatedContactId]), [[ContactId, undefined], [later, ContactId]]);
    assert.equal((await describeContact(later)).ContactAssociationId, ContactId);

    const { Segments, Status, Channel } = await client.send(
      new ListRealtimeContactAnalysisSegmentsV2Command({ InstanceId, ContactId, OutputType: "Raw", SegmentTypes: ["Transcript"], MaxResults: 1 }),
    );
    assert.deepEqual([Status, Channel, Segments.length], ["IN_PROGRESS", "CHAT", 1]);
    assert.equal(Segments[0].Transcript.Content, "Grüße 👋");
    assert.ok(Segments[0].Transcript.Time.AbsoluteTime instanceof Date);
  });

  it("is refused with the names of the model", async () => {
    const { ContactId } = await start();
    const id = { InstanceId, ContactId };
    await client.send(new UpdateContactRoutingDataCommand({ ...id, QueuePriority: 1 }));
    assert.equal((await describeContact(ContactId)).QueuePriority, 1);
    await fails(client.send(new UpdateContactRoutingDataCommand({ ...id, QueuePriority: 1, QueueTimeAdjustmentSeconds: 1 })), "InvalidParameterException", 400);
    await fails(client.send(new UpdateContactCommand(id)), "InvalidRequestException", 400);
    await fails(client.send(new TagContactCommand({ ...id, Tags: { "aws:x": "y" } })), "InvalidParameterException", 400);
    await fails(client.send(new UntagContactCommand({ InstanceId, ContactId: randomUUID(), TagKeys: ["a"] })), "ResourceNotFoundException", 404);
    await fails(client.send(new GetContactMetricsCommand({ ...id, Metrics: [{ Name: "POSITION_IN_QUEUE" }] })), "InvalidRequestException", 400);
    await client.send(new StopContactCommand(id));
    await fails(client.send(new UpdateContactRoutingDataCommand({ ...id, QueuePriority: 2 })), "ResourceConflictException", 409);
  });
});

describe("instances", () => {
  it("are listed and described", async () => {
    const { InstanceSummaryList } = await client.send(new ListInstancesCommand({}));
    assert.deepEqual(InstanceSummaryList.map(({ Id }) => Id), [InstanceId]);
    const { Instance } = await client.send(new DescribeInstanceCommand({ InstanceId }));
    assert.equal(Instance.Arn, server.InstanceArn);
    assert.equal(Instance.InstanceStatus, "ACTIVE");
    assert.ok(Instance.CreatedTime instanceof Date);
  });
});

describe("flows", () => {
  const create = (more) =>
    client.send(new CreateContactFlowCommand({ InstanceId, Name: randomUUID(), Type: "CONTACT_FLOW", Content: flowContent("Hello"), ...more }));
  const flow = async (id) => (await client.send(new DescribeContactFlowCommand({ InstanceId, ContactFlowId: id }))).ContactFlow;

  it("are created, described, changed and deleted", async () => {
    const Content = flowContent("Grüße & <b>Küsse</b> 👋");
    const Name = `Flow ${randomUUID()}`;
    const created = await create({ Name, Content, Description: "first", Tags: { team: "chat" } });
    assert.equal(created.ContactFlowArn, `${server.InstanceArn}/contact-flow/${created.ContactFlowId}`);

    let is = await flow(created.ContactFlowId);
    assert.equal(is.Content, Content);
    assert.deepEqual([is.Name, is.Description, is.Type, is.State, is.Status], [Name, "first", "CONTACT_FLOW", "ACTIVE", "PUBLISHED"]);
    assert.deepEqual(is.Tags, { team: "chat" });
    assert.equal((await flow(created.ContactFlowArn)).Id, created.ContactFlowId);

    const id = { InstanceId, ContactFlowId: created.ContactFlowId };
    const next = flowContent("Changed");
    await client.send(new UpdateContactFlowContentCommand({ ...id, Content: next }));
    await client.send(new UpdateContactFlowMetadataCommand({ ...id, Description: "second", ContactFlowState: "ARCHIVED" }));
    await client.send(new UpdateContactFlowNameCommand({ ...id, Name: `${Name} again` }));
    is = await flow(created.ContactFlowId);
    assert.equal(is.Content, next);
    assert.deepEqual([is.Name, is.Description, is.State], [`${Name} again`, "second", "ARCHIVED"]);
    if (is.FlowContentSha256 !== undefined) {
      assert.equal(is.FlowContentSha256, createHash("sha256").update(next).digest("hex"));
    }

    await client.send(new DeleteContactFlowCommand(id));
    await fails(flow(created.ContactFlowId), "ResourceNotFoundException", 404);
  });

  it("run with what was published when a chat starts", async () => {
    const { ContactFlowId: id } = await create();
    assert.match((await start({ ContactFlowId: id })).ContactId, /^[0-9a-f-]{36}$/);
    const saved = await create({ Status: "SAVED" });
    await fails(start({ ContactFlowId: saved.ContactFlowId }), "InvalidRequestException", 400);
  });

  it("are listed page by page", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => create()));
    const seen = [];
    for await (const page of paginateListContactFlows({ client, pageSize: 2 }, { InstanceId, ContactFlowTypes: ["CONTACT_FLOW"] })) {
      assert.ok(page.ContactFlowSummaryList.length <= 2);
      seen.push(...page.ContactFlowSummaryList.map(({ Id }) => Id));
    }
    assert.equal(new Set(seen).size, seen.length, "a flow is listed twice");
    assert.ok(made.every((flow) => seen.includes(flow.ContactFlowId)), "a flow is not listed");
  });

  it("are refused with what is wrong with them", async () => {
    const Name = `Flow ${randomUUID()}`;
    await create({ Name });
    await fails(create({ Name }), "DuplicateResourceException", 409);
    await fails(create({ Type: "NO_SUCH_TYPE" }), "InvalidParameterException", 400);
    const broken = flowContent("Hello").replace('"NextAction":"wait"', '"NextAction":"nowhere"');
    await assert.rejects(create({ Content: broken }), (error) => {
      assert.equal(error.name, "InvalidContactFlowException", `${error.name}: ${error.message}`);
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.ok(error.problems.length > 0 && error.problems.every(({ message }) => message), JSON.stringify(error.problems));
      return true;
    });
  });
});
