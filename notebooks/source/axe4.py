# %% [markdown] lang="en"
# # Axis 4: dropout
#
# **Question.** Does dropout prevent over-fitting, and does it help when there is none?
#
# Dropout sets half of the hidden units to zero at random in every training step, and none when it predicts.

# %% [markdown] lang="fr"
# # Axe 4 : le dropout
#
# **Question.** Le dropout évite-t-il le surapprentissage, et aide-t-il quand il n’y en a pas ?
#
# À chaque pas d’entraînement, le dropout met à zéro la moitié des neurones cachés, tirés au hasard ; il n’en met aucun
# à zéro pour prédire.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## All of MNIST, ten epochs

# %% [markdown] lang="fr"
# ## Tout MNIST, dix époques

# %% sweep="axe4"

# %%
results = tp_sweep.run("sweeps/axe4.yaml")
results

# %% [markdown] lang="en"
# The gap is the validation loss minus the training loss. A large gap means over-fitting.

# %% [markdown] lang="fr"
# L’écart (`gap`) est la perte de validation moins la perte d’entraînement. Un grand écart signale un surapprentissage.

# %%
columns = [
    "param_model.dropout",
    "mean_val_accuracy",
    "std_val_accuracy",
    "mean_train_loss",
    "mean_val_loss",
    "mean_gap",
]
results.trials()[columns]

# %% [markdown] lang="en"
# There is no over-fitting to prevent: dropout only slows learning down.

# %% [markdown] lang="fr"
# Il n’y a pas de surapprentissage à éviter : le dropout ne fait que ralentir.

# %% [markdown] lang="en"
# ## 3,000 images, one hundred epochs

# %% [markdown] lang="fr"
# ## 3 000 images, cent époques

# %% sweep="axe4-overfit"

# %%
overfit = tp_sweep.run("sweeps/axe4-overfit.yaml")
overfit.trials()[columns]

# %% [markdown] lang="en"
# The losses of both trials, every tenth epoch. Which of the four falls, and which rises again?

# %% [markdown] lang="fr"
# Les pertes des deux essais, toutes les dix époques. Laquelle des quatre baisse, laquelle remonte ?

# %%
losses = overfit.epochs().groupby(["epoch", "param_model.dropout"])[["train_loss", "val_loss"]].mean().unstack()
losses.iloc[9::10]

# %%
overfit.figure("learning-curves")

# %% [markdown] lang="en"
# Images that most networks get wrong. Would you recognise them all?

# %% [markdown] lang="fr"
# Des images sur lesquelles la plupart des réseaux se trompent. Les reconnaîtriez-vous toutes ?

# %%
overfit.figure("difficult-samples")

# %%
overfit.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** On all of MNIST with dropout, the gap is negative: the network does better on images that it has never seen.
# How can that be?

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** Sur tout MNIST avec dropout, l’écart est négatif : le réseau est meilleur sur des images qu’il n’a jamais vues.
# Comment est-ce possible ?

# %% exercise=true

# %% [markdown] lang="en"
# **2.** On 3,000 images, at which epoch is the validation loss the lowest, with and without dropout? What does that
# suggest instead of dropout? Use `overfit.epochs()`.

# %% [markdown] lang="fr"
# **2.** Sur 3 000 images, à quelle époque la perte de validation est-elle la plus basse, avec et sans dropout ? Que
# pourrait-on faire au lieu du dropout ? Utilisez `overfit.epochs()`.

# %% exercise=true

# %% [markdown] lang="en"
# **3.** The report calls the two trials a tie: with three splits, the difference may be chance. How many splits does it
# take? Try 6 and 12: `set={"validation.repeats": 6, "name": "axe4-repeated"}`. The second training reuses the runs of
# the first.

# %% [markdown] lang="fr"
# **3.** Le rapport déclare les deux essais ex æquo : avec trois partages, la différence peut être due au hasard.
# Combien de partages faut-il ? Essayez 6 et 12 : `set={"validation.repeats": 6, "name": "axe4-repeated"}`. Le second
# entraînement réutilise ceux du premier.

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** The two losses are not measured alike. The training loss is that of the network with half of its units
# missing, averaged over the epoch while the weights still improve. The validation loss is that of the whole network at
# the end of the epoch.

# %% [markdown] lang="fr"
# **1.** Les deux pertes ne sont pas mesurées de la même façon. Celle d’entraînement est celle du réseau privé de la
# moitié de ses neurones, en moyenne sur l’époque, pendant que les poids s’améliorent. Celle de validation est celle du
# réseau entier, à la fin de l’époque.

# %% [markdown] lang="en"
# **2.** Without dropout, the validation loss is lowest long before the last epoch, then it rises. Stopping there
# (early stopping, `training.patience`) costs nothing and saves time.

# %% [markdown] lang="fr"
# **2.** Sans dropout, la perte de validation est au plus bas bien avant la dernière époque, puis elle remonte. On peut
# s’arrêter là (arrêt précoce, `training.patience`) : cela ne coûte rien et fait gagner du temps.

# %% solution=true
validation = overfit.epochs().groupby(["param_model.dropout", "epoch"])["val_loss"].mean().unstack(0)
validation.idxmin(), validation.min(), validation.iloc[-1]

# %% [markdown] lang="en"
# **3.** With six splits, `p_against_best` is still above 5 %; with twelve it is below: dropout is better here by about
# one per cent. A difference that is not significant may still be real.

# %% [markdown] lang="fr"
# **3.** Avec six partages, `p_against_best` dépasse encore 5 % ; avec douze, non : le dropout est meilleur ici,
# d’environ un pour cent. Une différence qui n’est pas significative peut être réelle.

# %% solution=true
p_values = {}
for repeats in [6, 12]:
    settings = {"validation.repeats": repeats, "name": "axe4-repeated"}
    repeated = tp_sweep.run("sweeps/axe4-overfit.yaml", set=settings).trials()
    p_values[repeats] = repeated["p_against_best"].max()
p_values
