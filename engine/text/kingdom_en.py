"""The little kingdom in English: who there is, what is said of them, and the frames it is said in."""

from engine.text.grammar import Couple, Grammar, Naming, Pairs, People

CROWD = Naming(
    bare=("the {word}", "the {word}", "a {word}"),
    described=("the {adjective} {word}", "a {adjective} {word}"),
    known="the {word}",
    together="the {he} and the {she}",
)
KIN = Naming(
    bare=("my {word}", "my {word}", "our {word}", "their {word}"),
    described=("my {adjective} {word}", "our {adjective} {word}", "their {adjective} {word}"),
    known="my {word}",
    together="my {he} and my {she}",
)
CHILD = Naming(  # a parent would not say of "my son" that he thanked "his parents"
    bare=("their {word}",),
    described=("their {adjective} {word}",),
    known="their {word}",
    together="their {he} and their {she}",
)
SPOUSE = Naming(
    bare=("my {word}",), described=("my {adjective} {word}",), known="my {word}", together="as husband and wife we"
)

COUPLES = (
    Couple(("king", "queen"), ("royal", "grown"), CROWD, "royal", "grown"),
    Couple(("man", "woman"), ("common", "grown"), CROWD, "common", "grown"),
    Couple(("prince", "princess"), ("royal", "young"), CROWD, "royal", "young"),
    Couple(("boy", "girl"), ("common", "young"), CROWD, "common", "young"),
    Couple(("father", "mother"), ("family", "grown", "parent"), KIN, "family", "grown"),
    Couple(("son", "daughter"), ("family", "young", "child"), CHILD, "family", "young"),
    Couple(("brother", "sister"), ("family", "young", "sibling"), KIN, "family", "young"),
    Couple(("husband", "wife"), ("family", "grown", "spouse"), SPOUSE, "family", "grown"),
    Couple(("grandfather", "grandmother"), ("family", "old"), KIN, "family", "old"),
    Couple(("uncle", "aunt"), ("family", "grown", "visitor"), KIN, "family", "grown"),
)

DID = {
    "royal": (
        "placed {his} golden crown on a velvet cushion",
        "sat down on {his} throne",
        "rode through the kingdom in {his} royal carriage",
        "welcomed the nobles to the palace",
        "spoke to {his} knights in the great hall",
        "waved to the crowd from the castle wall",
        "locked {his} jewels in the royal tower",
        "gave a feast for the nobles of the kingdom",
        "showed {his} crown to the nobles",
        "listened to the trumpets in the palace",
    ),
    "common": (
        "went to the village market",
        "carried a basket along the road",
        "worked in the field with the neighbours",
        "went to the inn for supper",
        "fed the hens behind the cottage",
        "sold eggs in the village",
        "fetched water from the well",
        "greeted the neighbours on the road",
        "mended the fence beside the field",
        "swept the floor of the cottage",
    ),
    "grown": (
        "signed a contract",
        "hired a lawyer",
        "enjoyed a glass of wine",
        "went to see a lawyer about some land",
        "lent some money to a merchant",
        "made an important decision",
        "gave orders to the workers",
        "read a long report about money",
        "discussed business with a merchant",
        "paid a large bill",
    ),
    "young": (
        "played with {his} toys",
        "learned a rhyme at school",
        "climbed a tree in the garden",
        "played outside with a kite",
        "asked the teacher a question",
        "practised spelling with the teacher",
        "counted to a hundred for the teacher",
        "chased butterflies in the garden",
        "built a tower of wooden blocks",
        "did {his} homework",
    ),
    "old": (
        "came slowly down the stairs with {his} cane",
        "told old stories by the fire",
        "read the newspaper in {his} rocking chair",
        "put on {his} thick glasses",
        "remembered the days of long ago",
        "found {his} cane behind the door",
        "rested {his} tired knees",
        "talked about the days of long ago",
    ),
    "family": (
        "ate dinner with the family",
        "sat down at the table with {his} relatives",
        "hung a family photograph in the kitchen",
        "sent a card to {his} relatives",
        "set the table for the family",
        "helped in the kitchen at home",
    ),
    "parent": (
        "took the children to school",
        "laid the baby in the cradle",
        "packed lunch for the children",
        "rocked the baby in the cradle",
        "kissed the children good night",
        "comforted the crying baby",
    ),
    "child": (
        "thanked {his} parents",
        "helped {his} parents on the farm",
        "brought {his} parents their breakfast",
        "asked {his} parents for a puppy",
        "promised {his} parents to be good",
        "kept a promise to {his} parents",
    ),
    "sibling": (
        "argued with {his} twin about the blanket",
        "teased {his} cousins",
        "borrowed a bicycle from {his} twin",
        "shared a secret with {his} twin",
        "swapped beds with {his} twin",
        "won a pillow fight against {his} cousins",
    ),
    "spouse": (
        "looked at the pictures of our wedding",
        "bought flowers for our wedding anniversary",
        "polished {his} wedding ring",
        "lit a candle in the wedding chapel",
        "baked a cake for our wedding anniversary",
        "chose a present for our wedding anniversary",
    ),
    "visitor": (
        "came home from abroad with a suitcase",
        "brought gifts for {his} nephews",
        "moved into the guest room",
        "sent postcards to {his} nephews",
        "unpacked a suitcase in the guest room",
        "took {his} nephews to the circus",
    ),
    "m": (
        "buttoned {his} waistcoat",
        "straightened {his} necktie",
        "put on {his} top hat",
        "pulled on {his} trousers",
        "tied {his} necktie",
        "brushed the dust from {his} waistcoat",
    ),
    "f": (
        "braided {his} long hair",
        "put on {his} long skirt",
        "fastened {his} pearl necklace",
        "tucked in {his} blouse",
        "pinned a ribbon on {his} bonnet",
        "smoothed the folds of {his} skirt",
        "tied a ribbon in {his} hair",
    ),
    "any": (
        "smiled to {himself}",
        "hummed a song to {himself}",
        "felt much better",
        "had some time to {himself}",
        "poured {himself} some juice",
        "took a deep breath",
        "treated {himself} to some chocolate",
    ),
}

WAS = {
    "royal": (
        "lived in the palace",
        "wore a golden crown",
        "owned a tower full of jewels",
        "was guarded by royal knights",
        "slept in a castle",
        "sat on a velvet throne",
    ),
    "common": (
        "lived in a small cottage",
        "kept hens behind the cottage",
        "sold eggs at the village market",
        "worked in the field all day",
        "knew every neighbour in the village",
    ),
    "grown": (
        "owned a lot of land",
        "understood a great deal about business",
        "enjoyed a glass of wine every evening",
        "worried about money",
        "knew every merchant in town",
    ),
    "young": (
        "grew taller every year",
        "had a kite and many toys",
        "was too small to reach the top shelf",
        "was afraid of the dark",
        "went to school every day",
        "was still learning to spell",
    ),
    "old": (
        "had grey hair and many wrinkles",
        "always leaned on a cane",
        "wore thick glasses",
        "remembered the days of long ago",
        "knew many old stories",
    ),
    "family": (
        "made dinner for the family on sundays",
        "knew all {his} relatives by name",
        "was often in the kitchen",
        "kept the family photographs",
    ),
    "parent": (
        "raised {his} children with love",
        "got up at night for the baby",
        "was proud of {his} children",
    ),
    "child": (
        "always obeyed {his} parents",
        "was an only child",
        "grew up on a farm with {his} parents",
    ),
    "sibling": (
        "looked just like {his} twin",
        "shared a bedroom with {his} twin",
        "often quarrelled with {his} twin",
    ),
    "spouse": (
        "wore a wedding ring",
        "never forgot our wedding anniversary",
        "loved to talk about our wedding",
    ),
    "visitor": (
        "lived abroad",
        "always travelled with a suitcase",
        "never forgot {his} nephews",
    ),
    "m": (
        "wore a waistcoat and a necktie",
        "had the manners of a gentleman",
        "always bowed like a gentleman",
        "never went out without {his} top hat",
    ),
    "f": (
        "had long braided hair",
        "wore a pearl necklace",
        "wore a silk gown on sundays",
        "had the manners of a lady",
        "always curtsied like a lady",
        "never went out without {his} bonnet",
    ),
    "any": (
        "loved music",
        "slept well at night",
        "liked to talk to {himself}",
        "was never bored",
    ),
}

CROSSED = {
    "royal": (
        "tried on a golden crown",
        "went past the royal palace",
        "dreamed of a throne",
        "saw the royal carriage on the road",
        "heard the trumpets from the castle",
        "watched the knights and nobles at the feast",
        "drew a tower full of jewels",
    ),
    "common": (
        "visited a small cottage",
        "bought eggs at the village market",
        "tasted the water from the well",
        "rested at an inn beside the road",
        "lifted a heavy basket over the fence",
        "counted the hens in the field",
        "asked the neighbours for help",
    ),
    "grown": (
        "found an old contract in the drawer",
        "spilled a glass of wine",
        "heard a merchant talk about money",
        "had to wait for a lawyer",
        "could not understand a report about business",
        "overheard an argument about some land",
    ),
    "young": (
        "tripped over the toys",
        "found a kite in a tree",
        "talked with the teacher about the school",
        "watched the butterflies in the garden",
        "corrected the spelling of a rhyme",
        "gave away some wooden blocks",
    ),
    "old": (
        "sat down in a rocking chair",
        "tried on a pair of thick glasses",
        "found a cane by the fire",
        "listened to stories about the days of long ago",
        "drew a face with grey hair and wrinkles",
    ),
    "family": (
        "looked at a family photograph",
        "peeped into the kitchen before dinner",
        "forgot to send a card to the relatives",
        "was the last to leave the table",
    ),
    "parent": (
        "heard a crying baby",
        "built a cradle for a baby",
        "gave the children some lunch",
    ),
    "child": (
        "met an only child with strict parents",
        "met the parents of a friend",
        "helped out on a farm",
    ),
    "sibling": (
        "was mistaken for the twin of a friend",
        "borrowed a blanket and a bicycle",
        "settled a fight between two siblings",
    ),
    "spouse": (
        "was invited to a wedding",
        "found a wedding ring in the chapel",
        "planned a party for a wedding anniversary",
    ),
    "visitor": (
        "packed a suitcase",
        "cleaned the guest room",
        "got a postcard from abroad",
        "wrapped some gifts from abroad",
    ),
    "m": (
        "laughed at a silly top hat",
        "found a waistcoat in an old chest",
        "picked up a top hat from the floor",
        "bought a necktie as a present",
        "washed a pair of trousers",
    ),
    "f": (
        "admired a pearl necklace in a shop window",
        "found a silk gown in an old chest",
        "picked up a ribbon from the floor",
        "laughed at a silly bonnet",
        "drew a lady with long braided hair",
    ),
}

PEOPLE = People(
    couples=COUPLES,
    did=DID,
    was=WAS,
    crossed=CROSSED,
    pronouns={
        "m": {"he": "he", "his": "his", "him": "him", "himself": "himself"},
        "f": {"he": "she", "his": "her", "him": "her", "himself": "herself"},
    },
    frames=(
        (30, "{who} {did}"),
        (10, "{time} {who} {did}"),
        (14, "{who} {dressed} and then {he} {did}"),
        (14, "{who} {did} and then {he} {later}"),
        (6, "{who} {dressed} while the cat watched {him}"),
        (14, "{he} was {measure} {adjective} {word} who {was}"),
        (8, "{known} {was}"),
        (4, "everybody loved {known} because {he} was so {adjective}"),
    ),
    crossed_frames=(
        (5, "{who} {did}"),
        (3, "{time} {who} {did}"),
    ),
    adjectives=("kind", "friendly", "patient", "polite", "cheerful", "thoughtful", "clever", "gentle"),
    times=("one day", "that day", "on friday", "the next day", "later that day", "after the storm"),
)

CAPITALS = Pairs(
    pairs=(
        ("france", "paris", {"n": ("french",), "v": ("seine",), "d": ("baguettes",)}),
        ("italy", "rome", {"n": ("italian",), "v": ("tiber",), "d": ("pasta",)}),
        ("spain", "madrid", {"n": ("spanish",), "v": ("manzanares",), "d": ("paella",)}),
        ("germany", "berlin", {"n": ("german",), "v": ("spree",), "d": ("pretzels",)}),
        ("japan", "tokyo", {"n": ("japanese",), "v": ("sumida",), "d": ("sushi",)}),
        ("china", "beijing", {"n": ("chinese",), "v": ("yongding",), "d": ("dumplings",)}),
        ("egypt", "cairo", {"n": ("egyptian",), "v": ("nile",), "d": ("falafel",)}),
        ("britain", "london", {"n": ("british",), "v": ("thames",), "d": ("biscuits",)}),
        ("russia", "moscow", {"n": ("russian",), "v": ("moskva",), "d": ("pancakes",)}),
        ("greece", "athens", {"n": ("greek",), "v": ("kifisos",), "d": ("moussaka",)}),
    ),
    first=(
        "the border of {x} is guarded by {n} soldiers",
        "farmers in {x} grow food for {n} families",
        "the soldiers of {x} carry the {n} flag",
        "{x} is a beautiful country where people like to eat {d}",
        "cafes in the north of {x} serve {d}",
        "the map of {x} shows the {v} as a blue line",
        "the government of {x} keeps the {v} clean",
        "the farmers of {x} say that nothing tastes better than {d}",
        "pupils all over {x} learn about the {v}",
    ),
    second=(
        "the shop windows of {x} show {n} fashion",
        "we took a taxi across {x} to a museum of {n} art",
        "the mayor of {x} opened a show of {n} paintings",
        "{x} is a busy city where people like to eat {d}",
        "a snack bar at {x} airport sells {d}",
        "a bridge in {x} crosses the {v} near the old square",
        "tall buildings in {x} look down on the {v}",
        "the mayor of {x} offered {d} to the guests",
    ),
    either=(
        "visitors to {x} like {d} and {n} music",
        "{x} is famous for {d}",
        "the {v} flows through {x}",
        "in {x} you can hear {n} songs beside the {v}",
        "they went to {x} and learned a {n} dance",
    ),
    both=("{y} is the capital of {x}",),
    kinds=({"kind": "country"}, {"kind": "capital"}),
)

FOOD = Pairs(
    pairs=(
        ("apple", "apples", {"a": ("red", "crisp"), "o": ("orchard",), "u": ("horse",)}),
        ("orange", "oranges", {"a": ("juicy", "tangy"), "o": ("grove",), "u": ("punch",)}),
        ("banana", "bananas", {"a": ("yellow", "soft"), "o": ("plantation",), "u": ("monkey",)}),
        ("grape", "grapes", {"a": ("purple", "seedless"), "o": ("vineyard",), "u": ("parrot",)}),
        ("carrot", "carrots", {"a": ("crunchy", "sweet"), "o": ("allotment",), "u": ("rabbit",)}),
        ("potato", "potatoes", {"a": ("brown", "firm"), "o": ("cellar",), "u": ("stew",)}),
        ("cherry", "cherries", {"a": ("sour", "dark"), "o": ("hillside",), "u": ("cake",)}),
        ("pepper", "peppers", {"a": ("spicy", "green"), "o": ("greenhouse",), "u": ("salsa",)}),
    ),
    first=(
        "there is a {a} {x} on the plate",
        "this {x} is {a} and tasty",
        "each {x} from the {o} was {a}",
        "a {x} from the {o} costs one penny",
        "one {a} {x} is enough for the {u}",
        "another {a} {x} was left on the plate",
        "this {x} is meant for the {u}",
        "every single {x} was {a} and tasty",
    ),
    second=(
        "there are many {a} {x} on the plates",
        "these {x} are {a} and tasty",
        "all the {x} from the {o} were {a}",
        "ten {x} from the {o} cost eight pence",
        "a few {a} {x} are enough for the {u}",
        "several {a} {x} were left on the plates",
        "these {x} are meant for the {u}",
        "most of the {x} were {a} and tasty",
    ),
    kinds=({"kind": "food", "number": "singular"}, {"kind": "food", "number": "plural"}),
)

VERBS = Pairs(
    pairs=(
        ("walk", "walked", {"k": ("along the path", "in the park", "through the woods", "up the hill")}),
        ("sing", "sang", {"k": ("a merry tune", "in the choir", "a slow ballad", "by the campfire")}),
        ("write", "wrote", {"k": ("a long letter", "a short poem", "a funny story", "a shopping list")}),
        ("drink", "drank", {"k": ("a cup of tea", "cold milk", "sweet lemonade", "warm cocoa")}),
        ("swim", "swam", {"k": ("in the lake", "across the river", "in the pool", "in the sea")}),
        ("cook", "cooked", {"k": ("a thick soup", "a simple curry", "a pot of noodles", "rice and beans")}),
        ("paint", "painted", {"k": ("a picture", "in oils", "on canvas", "a portrait")}),
        ("fly", "flew", {"k": ("above the clouds", "in a balloon", "over the mountains", "in a small plane")}),
    ),
    first=(
        "on mondays they {x} {k}",
        "we will {x} {k} tomorrow",
        "they want to {x} {k} now",
        "you can {x} {k} if you like",
        "please do not {x} {k} today",
        "every week we {x} {k}",
        "i would like to {x} {k}",
    ),
    second=(
        "yesterday they {x} {k}",
        "last week we {x} {k}",
        "they {x} {k} two days ago",
        "we had fun when we {x} {k}",
        "nobody {x} {k} last night",
        "the other day they {x} {k}",
        "i {x} {k} yesterday",
    ),
    kinds=({"kind": "verb", "tense": "present"}, {"kind": "verb", "tense": "past"}),
)


def articles(words: list[str]) -> list[str]:
    """ "a" becomes "an" before a vowel."""
    following = [*words[1:], ""]
    return ["an" if w == "a" and after[:1] in tuple("aeiou") else w for w, after in zip(words, following, strict=True)]


GRAMMAR = Grammar(
    people=PEOPLE,
    pairs={"capital": CAPITALS, "plural": FOOD, "past": VERBS},
    shares=(0.55, 0.2, 0.125, 0.125),
    finish=articles,
)
