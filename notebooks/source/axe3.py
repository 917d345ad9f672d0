# %% [markdown] lang="en"
# # Axis 3: optimizers
#
# **Question.** SGD, momentum, Adam or RMSprop: which one learns fastest, and what does it cost in memory?
#
# All start from the same initial weights (`same_init`). Only the optimizer and its learning rate differ.

# %% [markdown] lang="fr"
# # Axe 3 : les optimiseurs
#
# **Question.** SGD, momentum, Adam ou RMSprop : lequel apprend le plus vite, et combien coûte-t-il en mémoire ?
#
# Tous partent des mêmes poids initiaux (`same_init`). Seuls l’optimiseur et son taux d’apprentissage changent.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## The sweep
#
# The levels of `optimizer` have labels, because each sets several keys.

# %% [markdown] lang="fr"
# ## Le balayage
#
# Les niveaux de `optimizer` ont des étiquettes, car chacun fixe plusieurs clés.

# %% sweep="axe3"

# %% [markdown] lang="en"
# ## The training

# %% [markdown] lang="fr"
# ## L’entraînement

# %%
results = tp_sweep.run("sweeps/axe3.yaml")
results

# %% [markdown] lang="en"
# ## The results

# %% [markdown] lang="fr"
# ## Les résultats

# %%
trials = results.trials().set_index("param_optimizer")
trials["peak_mib"] = trials["profile_peak_bytes"] / 2**20
trials[["mean_val_accuracy", "std_val_accuracy", "mean_epochs_to_target", "profile_seconds_per_epoch", "peak_mib"]]

# %%
results.figure("learning-curves")

# %% [markdown] lang="en"
# `differs_from_best` is true where the difference from the best trial is larger than chance:

# %% [markdown] lang="fr"
# `differs_from_best` est vrai là où la différence avec le meilleur essai dépasse le hasard :

# %%
trials[["p_against_best", "differs_from_best"]]

# %%
results.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** The network has 101,770 parameters of 4 bytes. How many additional arrays of this size do momentum and Adam
# keep? Compare with the differences of `peak_mib`.

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** Le réseau a 101 770 paramètres de 4 octets. Combien de tableaux supplémentaires de cette taille le momentum
# et Adam conservent-ils ? Comparez avec les différences de `peak_mib`.

# %% exercise=true

# %% [markdown] lang="en"
# **2.** RMSprop came last. Is it a bad optimizer, or is 0.01 a bad learning rate for it? Train all four with several
# learning rates before you answer.

# %% [markdown] lang="fr"
# **2.** RMSprop est dernier. Est-ce un mauvais optimiseur, ou 0,01 est-il un mauvais taux d’apprentissage pour lui ?
# Entraînez les quatre avec plusieurs taux avant de répondre.

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** One array takes 0.39 MiB. Momentum keeps one (the velocity), Adam two (the first and second moments): Adam
# needs one more than momentum. Both also hold the gradient of all parameters, which plain SGD subtracts from the
# weights at once.

# %% [markdown] lang="fr"
# **1.** Un tableau prend 0,39 Mio. Le momentum en conserve un (la vitesse), Adam deux (les deux moments) : Adam en a
# besoin d’un de plus. Tous deux conservent aussi le gradient de tous les paramètres, que SGD soustrait aussitôt des
# poids.

# %% solution=true
array = 101_770 * 4 / 2**20
array, ((trials["peak_mib"] - trials.loc["sgd", "peak_mib"]) / array).round(1).to_dict()

# %% [markdown] lang="en"
# **2.** With a learning rate of 0.001, RMSprop is close to Adam, and plain SGD at 0.1 is as good as any: a comparison
# at one learning rate compares learning rates, not optimizers. Two epochs on one split are only an indication; the
# full answer takes ten epochs and three splits.

# %% [markdown] lang="fr"
# **2.** Avec un taux de 0,001, RMSprop est proche d’Adam, et SGD simple à 0,1 vaut les autres : une comparaison avec
# un seul taux compare des taux, pas des optimiseurs. Deux époques sur un seul partage ne sont qu’un indice ; la vraie
# réponse demande dix époques et trois partages.

# %% solution=true
rates = tp_sweep.run(
    "sweeps/axe3.yaml",
    set={
        "name": "axe3-rates",
        "training.epochs": 2,
        "validation.repeats": 1,
        "grid": {
            "optimizer": {
                "sgd": {"training.optimizer": "sgd"},
                "momentum": {"training.optimizer": "sgd", "training.momentum": 0.9},
                "adam": {"training.optimizer": "adam"},
                "rmsprop": {"training.optimizer": "rmsprop"},
            },
            "training.learning_rate": [0.1, 0.01, 0.001, 0.0001],
        },
    },
)
rates.trials().pivot(index="param_optimizer", columns="param_training.learning_rate", values="mean_val_accuracy")
