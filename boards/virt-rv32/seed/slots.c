/* Slots and what they lead to, kind by kind. */
#include "words.h"

/* What of a slot's value is no number. */
typedef enum {
	plain,
	slotFirst,
	slotSecond,
	slotBoth,
	bytesFirst,
	itemsFirst,
	tableFirst,
	textFirst,
	programFirst, /* and a slot */
	programBoth,
	unknown
} Shape;

static Shape shapeOf(const txSlot* slot)
{
	switch (slot->kind) {
	case XS_UNINITIALIZED_KIND:
	case XS_UNDEFINED_KIND:
	case XS_NULL_KIND:
	case XS_BOOLEAN_KIND:
	case XS_INTEGER_KIND:
	case XS_NUMBER_KIND:
	case XS_SYMBOL_KIND:
	case XS_DATE_KIND:
	case XS_DATA_VIEW_KIND:
	case XS_PROMISE_KIND:
	case XS_BUFFER_INFO_KIND:
		return plain;
	case XS_STRING_KIND:
	case XS_KEY_KIND:
	case XS_BIGINT_KIND:
	case XS_ARRAY_BUFFER_KIND:
	case XS_REGEXP_KIND:
		return bytesFirst;
	case XS_STRING_X_KIND:
	case XS_KEY_X_KIND:
		return textFirst;
	case XS_ARRAY_KIND:
		return itemsFirst;
	case XS_GLOBAL_KIND:
	case XS_MAP_KIND:
	case XS_SET_KIND:
		return tableFirst;
	case XS_REFERENCE_KIND:
	case XS_CLOSURE_KIND:
	case XS_ENTRY_KIND:
	case XS_ERROR_KIND:
	case XS_MODULE_KIND:
	case XS_PROGRAM_KIND:
	case XS_WEAK_MAP_KIND:
	case XS_WEAK_SET_KIND:
		return slotFirst;
	case XS_INSTANCE_KIND:
		return slotSecond;
	case XS_PROXY_KIND:
	case XS_ACCESSOR_KIND:
	case XS_HOME_KIND:
	case XS_LIST_KIND:
	case XS_PRIVATE_KIND:
	case XS_EXPORT_KIND:
	case XS_WEAK_ENTRY_KIND:
		return slotBoth;
	case XS_CODE_X_KIND:
	case XS_CALLBACK_KIND:
	case XS_CALLBACK_X_KIND:
		return programFirst;
	case XS_HOST_KIND:
		return slot->value.host.data == NULL ? programBoth : unknown;
	case XS_TYPED_ARRAY_KIND:
		return programBoth;
	default:
		return unknown;
	}
}

/* What a constant is called whose bytes are not in a chunk. */
static txKind kindInFlash(const txSlot* slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND:
		return XS_STRING_X_KIND;
	case XS_KEY_KIND:
		return XS_KEY_X_KIND;
	case XS_BIGINT_KIND:
		return XS_BIGINT_X_KIND;
	default:
		return slot->kind;
	}
}

void seedSlot(SeedWords* it, const txSlot* slot, bool item)
{
	const uint32_t* numbers = (const uint32_t*)(const void*)&slot->value;
	void* const* pointers = (void* const*)(const void*)&slot->value;
	txSlot head = *slot;
	head.kind = kindInFlash(slot);
	/* The collector goes no further at a slot with this mark. */
	head.flag |= XS_MARK_FLAG;
	if (slot->kind == XS_INSTANCE_KIND)
		head.flag |= XS_DONT_MARSHALL_FLAG;
	if (item)
		seedNumber(it, (uint32_t)(uintptr_t)slot->next);
	else
		seedReference(it, slot->next);
	seedNumber(it, (uint32_t)head.KIND_FLAG_ID);
	switch (shapeOf(slot)) {
	case plain:
		seedNumber(it, numbers[0]);
		seedNumber(it, numbers[1]);
		break;
	case slotFirst:
		seedReference(it, pointers[0]);
		/* A weak list's second word is the collector's. */
		seedNumber(it, slot->kind == XS_WEAK_MAP_KIND || slot->kind == XS_WEAK_SET_KIND ? 0 : numbers[1]);
		break;
	case slotSecond:
		seedNumber(it, 0);
		seedReference(it, pointers[1]);
		break;
	case slotBoth:
		seedReference(it, pointers[0]);
		seedReference(it, pointers[1]);
		break;
	case bytesFirst:
	case itemsFirst:
	case tableFirst:
		seedChunk(it, pointers[0]);
		/* Of a regular expression: where a match is noted. Without it the engine makes a place each time. */
		seedNumber(it, slot->kind == XS_REGEXP_KIND ? 0 : numbers[1]);
		break;
	case textFirst:
		seedText(it, pointers[0]);
		seedNumber(it, numbers[1]);
		break;
	case programFirst:
		seedProgram(it, pointers[0]);
		seedReference(it, pointers[1]);
		break;
	case programBoth:
		seedProgram(it, pointers[0]);
		seedProgram(it, pointers[1]);
		break;
	case unknown:
		seedFail(it, "a slot of a kind that cannot be a constant", (uint32_t)slot->kind);
		break;
	}
}

static uint32_t rounded(uint32_t byteLength)
{
	return (byteLength + 7) & ~7u;
}

/* As the heap's chunks begin, since the engine asks an array's chunk for its length. */
static void beginChunk(SeedWords* it, void* data, uint32_t byteLength)
{
	txChunk* chunk = seedChunkOf(data);
	seedNumber(it, byteLength);
	seedNumber(it, 0);
	it->dataByteLength += sizeof(txChunk);
	/* The collector has no more to do in this heap: its fields tell what was written, and where. */
	chunk->temporary = (txByte*)(uintptr_t)it->dataByteLength;
	chunk->size = (txSize)((uint32_t)chunk->size | 0x80000000u);
	it->dataByteLength += rounded(byteLength);
}

static void writeBytes(SeedWords* it, const uint8_t* bytes, uint32_t byteLength)
{
	for (uint32_t i = 0; i < rounded(byteLength); i += 4) {
		uint32_t word = 0;
		for (uint32_t j = i; j < i + 4 && j < byteLength; j++)
			word |= (uint32_t)bytes[j] << (8 * (j - i));
		seedNumber(it, word);
	}
}

static uint32_t bytesOf(const txSlot* slot, const txChunk* chunk)
{
	switch (slot->kind) {
	case XS_STRING_KIND:
		return (uint32_t)strlen(slot->value.string) + 1;
	case XS_KEY_KIND:
		return (uint32_t)strlen(slot->value.key.string) + 1;
	case XS_BIGINT_KIND:
		return (uint32_t)slot->value.bigint.size * 4;
	case XS_ARRAY_BUFFER_KIND:
		return (uint32_t)slot->next->value.bufferInfo.length;
	default:
		return (uint32_t)chunk->size - sizeof(txChunk);
	}
}

void seedData(SeedWords* it, const txSlot* slot)
{
	void* data = slot->value.reference;
	Shape shape = shapeOf(slot);
	txChunk* chunk;
	if ((shape != bytesFirst && shape != itemsFirst && shape != tableFirst) || data == NULL)
		return;
	chunk = seedChunkOf(data);
	if ((uint32_t)chunk->size & 0x80000000u)
		return;
	if (shape == bytesFirst) {
		uint32_t byteLength = bytesOf(slot, chunk);
		beginChunk(it, data, byteLength);
		writeBytes(it, data, byteLength);
	} else if (shape == itemsFirst) {
		txIndex count = fxGetIndexSize(it->the, (txSlot*)slot);
		txSlot* items = data;
		for (txIndex i = 0; i < count; i++)
			seedData(it, items + i);
		beginChunk(it, data, count * sizeof(txSlot));
		for (txIndex i = 0; i < count; i++)
			seedSlot(it, items + i, true);
	} else {
		uint32_t count = (uint32_t)slot->value.table.length;
		txSlot** table = data;
		beginChunk(it, data, count * sizeof(txSlot*));
		for (uint32_t i = 0; i < count; i++) {
			const txSlot* entry = table[i];
			if (entry != NULL && slot->kind != XS_GLOBAL_KIND && entry->kind == XS_ENTRY_KIND &&
				entry->value.entry.slot->kind == XS_REFERENCE_KIND)
				seedFail(it, "a map or set with objects as its keys, which are found by where they lie", i);
			seedReference(it, entry);
		}
		if (count % 2 == 1)
			seedNumber(it, 0);
	}
}
