// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {IERC7575, IERC7575Share} from "../../interfaces/IERC7575.sol";
import {IDepositCapFollower} from "../../interfaces/IDepositCapFollower.sol";
import {ILpVault} from "../../interfaces/ILpVault.sol";
import {IMaker, IMarketBound} from "../../interfaces/IMaker.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {DelayedApproval} from "../../libraries/DelayedApproval.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {NotClearingHouse, NotVault, ZeroAddress} from "../../types/Errors.sol";
import {MarketStatus} from "../../types/Market.sol";
import {Position} from "../../types/Position.sol";
import {Quote} from "../../types/Units.sol";

/// @title The share of an LP vault, its market, and the rules of its LPs
/// @notice The share is an ERC-20 with permit. It names its asset and its request vault, whose external share it is in the
/// terms of ERC-7575. LPs enter and leave in two ways:
/// - immediately, by {deposit} and {withdraw} at the stored price. The path is open to whitelisted LPs, who are trusted
///   with timing (T1). After the owner has ended the whitelist, it is open to every account at hedged makers, while it needs
///   no price (T59). In a settled market every account can withdraw from a flat maker (T54);
/// - by requests, open to every account at any time, which {LpRequestVault} settles at a price that no account could know
///   when they were made.
/// The entry and exit fee stays in the LP vault. Whitelisted LPs pay none.
/// @dev Storage and owner functions only. {LpModule} implements deposits, withdrawals and settlement.
abstract contract LpVault is ILpVault, ERC20Permit, Ownable2Step, IERC7575Share, IERC165 {
    /// @dev Default of the entry and exit fee, ppm.
    uint24 internal constant DEFAULT_REQUEST_FEE = 500;
    /// @dev Maximum of the entry and exit fee, ppm.
    uint24 internal constant MAX_REQUEST_FEE = 10_000;

    /// @inheritdoc ILpVault
    IERC20 public immutable asset;
    /// @inheritdoc ILpVault
    uint256 public immutable assetScale;
    /// @inheritdoc ILpVault
    IClearingHouse public immutable clearingHouse;
    IVault internal immutable _vault;
    /// @dev The exchange's oracle.
    IPriceOracle internal immutable oracle;
    /// @inheritdoc IMarketBound
    uint256 public immutable override marketId;

    /// @inheritdoc ILpVault
    address public requestVault;
    /// @dev Seconds; zero for an LP that is not approved.
    mapping(address lp => uint256 effectiveAt) private _whitelist;
    LpRules internal _lpRules;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 asset_
    ) ERC20(name_, symbol_) ERC20Permit(name_) Ownable(owner_) {
        asset = asset_;
        // Reverts with an underflow for a token with more than 18 decimals.
        assetScale = 10 ** (18 - IERC20Metadata(address(asset_)).decimals());
        clearingHouse = clearingHouse_;
        _vault = clearingHouse_.vault();
        oracle = clearingHouse_.oracle();
        marketId = marketId_;
        _lpRules = LpRules({depositCap: type(uint128).max, requestFee: DEFAULT_REQUEST_FEE, isWhitelistEnded: false});
    }

    /// @dev Admits every account once the whitelist has ended. {LpModule} then reverts where a request is needed.
    modifier onlyWhitelistLp() {
        if (!_isAdmitted()) revert NotWhitelistLp(msg.sender);
        _;
    }

    /// @dev {onlyWhitelistLp} for withdrawals: admits every account once the market is settled (T54).
    modifier onlyWhitelistLpUntilSettled() {
        if (!_isAdmitted() && !_isMarketSettled()) revert NotWhitelistLp(msg.sender);
        _;
    }

    modifier onlyRequestVault() {
        _checkRequestVault();
        _;
    }

    modifier onlyClearingHouse() {
        _checkClearingHouse();
        _;
    }

    /// @dev The ClearingHouse liquidates. The Backstop makes the other forced changes.
    modifier onlyExchange() {
        if (msg.sender != _vault.backstop()) _checkClearingHouse();
        _;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @inheritdoc ILpVault
    function setRequestVault(address requestVault_) external onlyOwner {
        if (requestVault != address(0)) revert RequestVaultExists(requestVault);
        address shareOf = IERC7575(requestVault_).share();
        if (shareOf != address(this)) revert WrongShare(shareOf, address(this));
        requestVault = requestVault_;
        emit VaultUpdate(address(asset), requestVault_);
        IDepositCapFollower(requestVault_).noteDepositCap();
    }

    /// @inheritdoc ILpVault
    function setWhitelistLp(address lp, bool approved) external onlyOwner {
        uint256 effectiveAt = DelayedApproval.effectiveAt(oracle, approved);
        _whitelist[lp] = effectiveAt;
        emit WhitelistLpSet(lp, approved, effectiveAt);
    }

    /// @inheritdoc ILpVault
    function endWhitelist() external onlyOwner {
        if (requestVault == address(0)) revert ZeroAddress();
        _lpRules.isWhitelistEnded = true;
        emit WhitelistEnded();
    }

    /// @inheritdoc ILpVault
    function setLpRules(uint128 depositCap, uint24 requestFee) external onlyOwner {
        _checkRatio(requestFee, 0, MAX_REQUEST_FEE);
        _lpRules.depositCap = depositCap;
        _lpRules.requestFee = requestFee;
        emit LpRulesSet(depositCap, requestFee);
        if (requestVault != address(0)) IDepositCapFollower(requestVault).noteDepositCap();
    }

    // -------------------------------------------------------------------------------------------- request vault ----

    /// @inheritdoc ILpVault
    function takeShares(address holder, address spender, uint256 shares) external onlyRequestVault {
        if (spender != holder) _spendAllowance(holder, spender, shares);
        _transfer(holder, msg.sender, shares);
    }

    // ----------------------------------------------------------------------------------------------------- share ----

    /// @dev Revoking an allowance consumes the holder's next permit, which another account could otherwise submit
    /// afterwards (T46).
    function approve(address spender, uint256 value) public override(ERC20, IERC20) returns (bool) {
        if (value == 0) _useNonce(msg.sender);
        return super.approve(spender, value);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc ILpVault
    function lpRules() external view returns (LpRules memory) {
        return _lpRules;
    }

    /// @inheritdoc ILpVault
    function vault() external view returns (IVault) {
        return _vault;
    }

    /// @inheritdoc IERC7575Share
    function vault(address asset_) external view returns (address) {
        return asset_ == address(asset) ? requestVault : address(0);
    }

    /// @inheritdoc IERC5267
    /// @dev The same as OpenZeppelin's, without its second copy of the name.
    function eip712Domain()
        public
        view
        override
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (hex"0f", name(), "1", block.chainid, address(this), 0, new uint256[](0));
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC7575Share).interfaceId;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _position() internal view returns (Position memory) {
        return _vault.positionOf(marketId, address(this));
    }

    /// @inheritdoc ILpVault
    function isWhitelistLp(address lp) public view returns (bool) {
        return DelayedApproval.isInForce(_whitelist[lp]);
    }

    function _isAdmitted() private view returns (bool) {
        return isWhitelistLp(msg.sender) || _lpRules.isWhitelistEnded;
    }

    /// @dev In a settled market no order can be filled any more, so no account profits from the moment at which it leaves.
    function _isMarketSettled() internal view returns (bool) {
        return clearingHouse.statusOf(marketId) == MarketStatus.Settled;
    }

    /// @dev For the Vault's callbacks.
    function _checkVault() internal view {
        if (msg.sender != address(_vault)) revert NotVault(msg.sender, address(_vault));
    }

    function _checkRequestVault() private view {
        if (msg.sender != requestVault) revert NotRequestVault(msg.sender, requestVault);
    }

    function _checkClearingHouse() private view {
        if (msg.sender != address(clearingHouse)) revert NotClearingHouse(msg.sender, address(clearingHouse));
    }

    function _checkMinMarginRatio(int256 accountValue, uint256 notional, uint256 minMarginRatio) internal pure {
        uint256 required = MarginMath.requirementCeil(notional, minMarginRatio);
        if (MarginMath.isBelow(Quote.wrap(accountValue), required)) {
            revert IMaker.BelowMinMarginRatio(accountValue, required);
        }
    }

    function _checkRatio(uint256 ratio, uint256 minRatio, uint256 maxRatio) internal pure {
        if (ratio < minRatio || ratio > maxRatio) revert RatioOutOfRange(ratio, minRatio, maxRatio);
    }
}
