# %% [markdown] lang="en"
# # Axis 5: a grid with cross-validation
#
# **Question.** Five hyper-parameters at once: which of them matter, and which configuration is the best?
#
# A grid of 108 trials, each trained on 3 folds: 324 runs. Every image is a validation image exactly once.

# %% [markdown] lang="fr"
# # Axe 5 : la grille et la validation croisée
#
# **Question.** Cinq hyper-paramètres à la fois : lesquels comptent, et quelle configuration est la meilleure ?
#
# Une grille de 108 essais, chacun entraîné sur 3 plis : 324 entraînements. Chaque image sert exactement une fois à la
# validation.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## The sweep

# %% [markdown] lang="fr"
# ## Le balayage

# %% sweep="axe5"

# %%
sweep = tp_sweep.Sweep("sweeps/axe5.yaml")
print(sweep.plan())

# %% [markdown] lang="en"
# ## The training

# %% [markdown] lang="fr"
# ## L’entraînement

# %%
results = sweep.run()
results

# %% [markdown] lang="en"
# ## The results
#
# The five best trials. `differs_from_best` is false for ties: their difference to the best may be chance.

# %% [markdown] lang="fr"
# ## Les résultats
#
# Les cinq meilleurs essais. `differs_from_best` est faux pour les ex æquo : leur différence avec le meilleur peut être
# due au hasard.

# %%
trials = results.trials()
trials[["trial", "mean_val_accuracy", "std_val_accuracy", "p_against_best", "differs_from_best"]].head()

# %%
trials["differs_from_best"].value_counts(dropna=False)

# %% [markdown] lang="en"
# Which factor matters? Each point is the mean over all trials with this level:

# %% [markdown] lang="fr"
# Quel facteur compte ? Chaque point est la moyenne sur tous les essais de ce niveau :

# %%
results.figure("main-effects")

# %%
results.figure("heat-map")

# %% [markdown] lang="en"
# Accuracy against training time: the trials on the line are beaten by no other in both.

# %% [markdown] lang="fr"
# L’exactitude selon le temps d’entraînement : aucun autre essai ne bat ceux de la ligne sur les deux.

# %%
results.figure("trade-off")

# %% [markdown] lang="en"
# The report has everything in one page: tables that can be sorted and filtered, and the importance of the factors.

# %% [markdown] lang="fr"
# Le rapport réunit tout sur une page : des tableaux à trier et à filtrer, et l’importance des facteurs.

# %%
results.report()

# %% [markdown] lang="en"
# TensorBoard's HPARAMS tab has the same grid:

# %% [markdown] lang="fr"
# L’onglet HPARAMS de TensorBoard montre la même grille :

# %%
results.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** Depth and learning rate interact. Make the table of the mean accuracy for each pair of levels
# (`trials.pivot_table`). What happens to deep networks at 0.01?

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** La profondeur et le taux d’apprentissage interagissent. Faites le tableau de l’exactitude moyenne pour chaque
# paire de niveaux (`trials.pivot_table`). Qu’arrive-t-il aux réseaux profonds à 0,01 ?

# %% exercise=true

# %% [markdown] lang="en"
# **2.** Many trials tie with the best. The one-standard-error rule chooses the smallest network within one standard
# error of it: `set={"report.select": "one_standard_error"}`. Nothing is trained again. Which trial is chosen (column
# `chosen`)? And which is the best with at most 60,000 parameters
# (`set={"report.select": {"where": {"parameters": "<= 60000"}}}`)?

# %% [markdown] lang="fr"
# **2.** Beaucoup d’essais sont ex æquo avec le meilleur. La règle d’une erreur-type choisit le plus petit réseau à
# moins d’une erreur-type de lui : `set={"report.select": "one_standard_error"}`. Rien n’est entraîné de nouveau. Quel
# essai est choisi (colonne `chosen`) ? Et quel est le meilleur avec au plus 60 000 paramètres
# (`set={"report.select": {"where": {"parameters": "<= 60000"}}}`) ?

# %% exercise=true

# %% [markdown] lang="en"
# **3.** More folds distinguish more trials: there are more scores, and each network is trained on more images. Take a
# small part of the grid (three depths, two widths, learning rate 0.1) and train it with 3 and with 10 folds
# (`validation.folds`). How many trials differ from the best?

# %% [markdown] lang="fr"
# **3.** Plus de plis distinguent plus d’essais : il y a plus de scores, et chaque réseau est entraîné sur plus
# d’images. Prenez une petite partie de la grille (trois profondeurs, deux largeurs, taux de 0,1) et entraînez-la avec 3
# puis 10 plis (`validation.folds`). Combien d’essais diffèrent du meilleur ?

# %% exercise=true

# %% [markdown] lang="en"
# **4.** You know scikit-learn: compare `results.cv_results_` with what `GridSearchCV` returns.

# %% [markdown] lang="fr"
# **4.** Vous connaissez scikit-learn : comparez `results.cv_results_` avec ce que rend `GridSearchCV`.

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** At 0.1, depth changes little. At 0.01, the deeper the network, the less it has learnt after three epochs. The
# effect of one factor depends on the level of the other: an interaction.

# %% [markdown] lang="fr"
# **1.** À 0,1, la profondeur change peu. À 0,01, plus le réseau est profond, moins il a appris après trois époques.
# L’effet d’un facteur dépend du niveau de l’autre : c’est une interaction.

# %% solution=true
trials.pivot_table(index="param_model.layers", columns="param_training.learning_rate", values="mean_val_accuracy")

# %% [markdown] lang="en"
# **2.** The rule chooses the best trial itself: no network with fewer parameters comes within one standard error of it.
# With 60,000 parameters at most, a network half as wide costs half a per cent of accuracy.

# %% [markdown] lang="fr"
# **2.** La règle choisit le meilleur essai lui-même : aucun réseau plus petit n’en est à moins d’une erreur-type. Avec
# au plus 60 000 paramètres, un réseau deux fois moins large coûte un demi pour cent d’exactitude.

# %% solution=true
rules = {"one standard error": "one_standard_error", "at most 60,000": {"where": {"parameters": "<= 60000"}}}
chosen = {}
for name, rule in rules.items():
    found = tp_sweep.run("sweeps/axe5.yaml", set={"report.select": rule}).trials()
    chosen[name] = found[found["chosen"]][["trial", "mean_val_accuracy", "parameters"]].iloc[0]
chosen

# %% [markdown] lang="en"
# **3.** With 3 folds none; with 10, the narrowest network of three layers is clearly worse.

# %% [markdown] lang="fr"
# **3.** Aucun avec 3 plis ; avec 10, le réseau le plus étroit à trois couches est nettement moins bon.

# %% solution=true
part = {"model.layers": [1, 2, 3], "model.width": [64, 128]}
differing = {}
for folds in [3, 10]:
    settings = {
        "name": f"axe5-folds{folds}",
        "training.learning_rate": 0.1,
        "validation.folds": folds,
        "grid": part,
    }
    found = tp_sweep.run("sweeps/axe5.yaml", set=settings).trials()
    differing[folds] = int(found["differs_from_best"].fillna(False).astype(bool).sum())
differing

# %% [markdown] lang="en"
# **4.** The names are the same; scikit-learn calls the validation part of a split its test set.

# %% [markdown] lang="fr"
# **4.** Les noms sont les mêmes ; scikit-learn appelle « test » la partie de validation d’un partage.

# %% solution=true
{name: values[:2] for name, values in results.cv_results_.items() if "test" in name}
