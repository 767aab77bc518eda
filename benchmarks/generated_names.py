"""The words that fictional names of the generated state are drawn from, in several scripts."""

FIRST = (
    "Ana", "Beatriz", "Carmen", "Dalila", "Esther", "Fatou", "Grace", "Hana", "Inês", "Joana", "Kateryna", "Lucía",
    "Mai", "Nadia", "Olu", "Phuong", "Rosa", "Siobhán", "Thi", "Uma", "Verónica", "Wanjiru", "Xiomara", "Yasmin",
    "Zoë", "Antoine", "Bao", "Carlos", "Dmitri", "Emeka", "Farid", "Gabriel", "Hassan", "Ivan", "José", "Kenji",
    "Luis", "Marek", "Nils", "Omar", "Pedro", "Quang", "Rafael", "Samuel", "Tomás", "Ugo", "Victor", "William",
    "Yusuf", "美玲", "Олена",
)  # fmt: skip
LAST = (
    "Abebe", "Almeida", "Baptiste", "Barros", "Cabral", "Chen", "Correia", "Diallo", "Duarte", "Estrella",
    "Fernandes", "Ferreira", "Gomes", "Guerrero", "Haddad", "Ibrahim", "Jean-Louis", "Kaya", "Khoury", "Lê", "Lopes",
    "Machado", "Medeiros", "Mendes", "Moreau", "Ñáñez", "Ngô", "Nguyễn", "O’Brien", "Okafor", "Oliveira", "Osei",
    "Pacheco", "Pereira", "Pham", "Pires", "Quiñones", "Ramos", "Ribeiro", "Rosario", "Saint-Fleur", "Santos",
    "Silva", "Sousa", "Tavares", "Teixeira", "Trần", "Úbeda", "Vargas", "Vieira", "Walsh", "Xavier", "Yılmaz",
    "Zapata", "王", "Шевченко",
)  # fmt: skip
PLACES = (
    "Harbor", "River", "Elm", "Orchard", "Quaboag", "Wachusett", "Bay", "Summit", "Hillside", "Mystic", "Neponset",
    "Pioneer", "Blue", "Greenway",
)  # fmt: skip
