# %% [markdown] lang="en"
# # Axis 4: dropout
#
# **Question.** Does dropout prevent over-fitting, and does it help when there is none?
#
# In every training step, dropout sets each hidden unit to zero with a probability of one half and doubles the others.
# For predictions, all units stay active.

# %% [markdown] lang="fr"
# # Axe 4 : le dropout
#
# **Question.** Le dropout évite-t-il le surapprentissage, et aide-t-il quand il n’y en a pas ?
#
# À chaque pas d’entraînement, le dropout met chaque neurone caché à zéro avec une probabilité d’un demi et double les
# autres. Pour les prédictions, tous les neurones restent actifs.

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
# There is no over-fitting to prevent: dropout seems only to slow learning down, though three splits are too few to be
# sure.

# %% [markdown] lang="fr"
# Il n’y a pas de surapprentissage à éviter : le dropout semble seulement ralentir l’apprentissage, mais trois
# partages ne suffisent pas pour en être sûr.

# %% [markdown] lang="en"
# ## 3,000 images, one hundred epochs

# %% [markdown] lang="fr"
# ## 3 000 images, cent époques

# %% sweep="axe4-overfit"

# %%
overfit = tp_sweep.run("sweeps/axe4-overfit.yaml")
overfit.trials()[columns]

# %% [markdown] lang="en"
# The losses of both trials, every tenth epoch. Which of the four keep falling, and which rise again?

# %% [markdown] lang="fr"
# Les pertes des deux essais, toutes les dix époques. Lesquelles baissent jusqu’au bout, lesquelles remontent ?

# %%
losses = overfit.epochs().groupby(["epoch", "param_model.dropout"])[["train_loss", "val_loss"]].mean().unstack()
losses.iloc[9::10]

# %%
overfit.figure("learning-curves")

# %% [markdown] lang="en"
# Images that most networks get wrong. Would you recognise them all?

# %% [markdown] lang="fr"
# Des images sur lesquelles la plupart des réseaux se trompent. Les reconnaîtriez-vous toutes ?

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
# **1.** Sur tout MNIST avec dropout, l’écart est négatif : le réseau est meilleur sur des images qu’il n’a jamais vues.
# Comment est-ce possible ?

# %% exercise=true

# %% [markdown] lang="en"
# **2.** On 3,000 images, at which epoch is the validation loss the lowest, with and without dropout? What does that
# suggest instead of dropout? Use `overfit.epochs()`.

# %% [markdown] lang="fr"
# **2.** Sur 3 000 images, à quelle époque la perte de validation est-elle la plus basse, avec et sans dropout ? Que
# pourrait-on faire au lieu du dropout ? Utilisez `overfit.epochs()`.

# %% exercise=true

# %% [markdown] lang="en"
# **3.** The report calls the two trials a tie: with three splits, the difference may be chance. Train with twelve
# splits: `tp_sweep.run("sweeps/axe4-overfit.yaml", set={"validation.repeats": 12, "name": "axe4-repeated"})`. Decide
# on such a number before you look: whoever adds splits until a difference is significant finds differences that are
# not there.

# %% [markdown] lang="fr"
# **3.** Le rapport déclare les deux essais ex æquo : avec trois partages, la différence peut être due au hasard.
# Entraînez avec douze partages : `tp_sweep.run("sweeps/axe4-overfit.yaml", set={"validation.repeats": 12, "name":
# "axe4-repeated"})`. Fixez un tel nombre avant de regarder : qui ajoute des partages jusqu’à ce qu’une différence
# soit significative trouve des différences qui n’existent pas.

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** The two losses are not measured in the same way. The training loss is that of the network with half of its
# units missing, averaged over the epoch while the weights still improve. The validation loss is that of the whole
# network at the end of the epoch.

# %% [markdown] lang="fr"
# **1.** Les deux pertes ne sont pas mesurées de la même façon. La perte d’entraînement est mesurée sur le réseau
# privé de la moitié de ses neurones, en moyenne sur l’époque, pendant que les poids s’améliorent. La perte de
# validation est mesurée sur le réseau entier, à la fin de l’époque.

# %% [markdown] lang="en"
# **2.** Without dropout, the validation loss is lowest at epoch 14, with dropout at epoch 34; then both rise. One can
# stop there (early stopping, `training.patience`). The accuracy, however, still improves a little while the loss
# rises: the network becomes too sure of its errors. Choose the metric to monitor by what you need.

# %% [markdown] lang="fr"
# **2.** Sans dropout, la perte de validation est au plus bas à l’époque 14, avec dropout à l’époque 34 ; ensuite
# toutes deux remontent. On peut s’arrêter là (arrêt précoce, `training.patience`). L’exactitude, elle, augmente
# encore un peu pendant que la perte remonte : le réseau devient trop sûr de ses erreurs. Choisissez la mesure à
# surveiller selon votre besoin.

# %% solution=true
by_epoch = overfit.epochs().groupby(["param_model.dropout", "epoch"])[["val_loss", "val_accuracy"]].mean()
lowest = by_epoch["val_loss"].unstack(0).idxmin()
by_epoch.loc[[(dropout, epoch) for dropout, best in lowest.items() for epoch in (best, 100)]]

# %% [markdown] lang="en"
# **3.** With twelve splits, `p_against_best` is below 5 %: dropout is better here by about one percentage point. A
# difference that is not significant may still be real. The means are lower than before because some of the new splits
# are harder.

# %% [markdown] lang="fr"
# **3.** Avec douze partages, `p_against_best` est sous 5 % : le dropout est meilleur ici, d’environ un point. Une
# différence qui n’est pas significative peut être réelle. Les moyennes sont plus basses qu’avant, car certains des
# nouveaux partages sont plus difficiles.

# %% solution=true
settings = {"validation.repeats": 12, "name": "axe4-repeated"}
repeated = tp_sweep.run("sweeps/axe4-overfit.yaml", set=settings).trials()
repeated[["param_model.dropout", "mean_val_accuracy", "std_val_accuracy", "p_against_best", "differs_from_best"]]
